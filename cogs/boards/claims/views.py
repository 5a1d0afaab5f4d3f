"""The controls of claims: adding, comparing and changing them, and seeing their history."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import discord
from discord import ui
from msgspec.structs import replace

from bot.base.errors import Conflict, InvalidInput
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardSelect, chosen_id
from bot.ui.form import CardForm, Typed
from bot.ui.pages import Pages
from bot.ui.report import reports_errors
from cogs.boards.imports.views import ImportForm
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import rules as ledger_rules
from cogs.boards.ledger.fields import SPREAD_KINDS, KeptOptions, picked, runs, select
from cogs.boards.ledger.posting import answer_with, show_changed
from cogs.boards.ledger.rules import TypedComparison, TypedTerms
from cogs.boards.ledger.service import LedgerEntry, LedgerService
from cogs.boards.ledger.standings import ClaimStanding
from cogs.boards.projects.service import ProjectService
from cogs.boards.results.views import LogButton
from data.boards.claims import Claim, ClaimTerms
from data.boards.projects import Project, ProjectId
from data.states import Better, CardKind, Category, ClaimRole, Criterion, PrintedAs, SpreadKind

BETTER = {Better.HIGHER: "Higher is better", Better.LOWER: "Lower is better"}

CRITERIA = {
    Criterion.RELATIVE: "Relative: within a share",
    Criterion.ABSOLUTE: "Absolute: within a difference",
    Criterion.INTERVAL: "Interval: where runs like yours fall",
    Criterion.EQUIVALENT: "Equivalent: within what the paper's own runs allow",
    Criterion.DIRECTION: "Direction: the same sign",
    Criterion.EXACT: "Exact: the printed digits",
    Criterion.OUTCOME: "Outcome: so, or not",
}

CRITERIA_ABOUT = {
    Criterion.RELATIVE: "Loss 2.0 and 5%: 1.9 to 2.1. Accuracy 90% and 5%: ± 0.5, of the 10% left",
    Criterion.ABSOLUTE: "27.3 and 0.5: your mean has to be shown to lie from 26.8 to 27.8",
    Criterion.INTERVAL: "27.3 and 0.5: 95% of runs like yours have to lie from 26.8 to 27.8",
    Criterion.EQUIVALENT: "27.3 ± 0.2 in the paper: yours may lie 0.4 off, or by a tolerance",
    Criterion.DIRECTION: "+2.1 over the baseline: yours has to be a clear gain, however large",
    Criterion.EXACT: "0.85, the same each time: every run has to round to it, as 0.846 does",
    Criterion.OUTCOME: "“The code trains without changes”: yes, partly or no",
}
"""Each criterion with a small example."""

CATEGORIES = {
    Category.CODE: "Code: it is written",
    Category.RUN: "Run: it runs",
    Category.RESULT: "Result: it comes out",
}


PRINTED = {
    PrintedAs.MEAN: "The mean of its runs",
    PrintedAs.BEST: "Its best run",
    PrintedAs.SINGLE: "A single run",
    PrintedAs.MEDIAN: "The median of its runs",
}

ROLES = {
    ClaimRole.CLAIM: "A claim of the paper",
    ClaimRole.BASELINE: "A baseline that it compares itself with",
}


class TermsPart(StrEnum):
    """A part of a claim's terms that has a form of its own."""

    SAYS = "says"
    WHERE = "where"
    SPREAD = "spread"
    JUDGED = "judged"
    COUNTS = "counts"


PARTS = {
    TermsPart.SAYS: "What it says",
    TermsPart.WHERE: "Where it stands, and on which data",
    TermsPart.SPREAD: "Spread and runs",
    TermsPart.JUDGED: "How it is judged",
    TermsPart.COUNTS: "What it is about, and its weight",
}


_PART_OPTIONS = [discord.SelectOption(label=name, value=part) for part, name in PARTS.items()]


class AddClaimButton(
    CardButton, custom_id="board:claim:{project_id}", label="Add a claim", emoji=theme.PAPER
):
    """Opens the form for a claim."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, for a member."""
        await ClaimForm(self.project_id).show(interaction)


class CompareButton(CardButton, custom_id="board:compare:{project_id}", label="Compare two rows"):
    """Opens the form for a claim that one row beats another."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, for a member."""
        await CompareForm(self.project_id).show(interaction)


class ImportButton(CardButton, custom_id="board:import:{project_id}", label="Import a table"):
    """Opens the form into which a table is pasted."""

    project_id: ProjectId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, for a member."""
        await interaction.client.service(LedgerService).check_may_add(place, self.project_id)
        await ImportForm(self.project_id).show(interaction)


class HistoryButton(CardButton, custom_id="claim:history:{claim_id}", label="History"):
    """Shows who did what to a claim, and when."""

    claim_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it, to the person who asked."""
        service = interaction.client.service(LedgerService)
        history = await service.history(place.guild_id, self.claim_id)
        await Pages.show(interaction, ledger_cards.history_pages(history))


class ChangeSelect(CardSelect, custom_id="claim:change:{claim_id}", placeholder="Change …"):
    """Opens the form for a part of a claim."""

    claim_id: int

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Open the form."""
        part = next((part for part in TermsPart if values and part == values[0]), None)
        if part is None:
            raise InvalidInput("Choose what to change from the list.")
        await ChangeForm(part, self.claim_id).show(interaction)


DRAFTS: KeptOptions[TypedTerms] = KeptOptions()
"""What `/claim add` was given, while the form for the rest is open."""


class ClaimForm(CardForm, custom_id="claim:new:{project_id}:{draft}", title="A claim of the paper"):
    """Asks what the paper says, and how it will be judged; the rest can be changed later."""

    project_id: int
    draft: int = 0

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the fields, filled with what the command was given."""
        await interaction.client.service(LedgerService).check_may_add(place, self.project_id)
        kept = DRAFTS.get(self.draft) or TypedTerms()
        self.ask(
            "statement", "What the paper says", typed, filled=kept.statement or "", long=True,
            placeholder="Validation accuracy reaches 99 % on modular addition", required=True,
            limit=ledger_rules.STATEMENT_LIMIT,
        )  # fmt: skip
        self.ask(
            "metric", "Metric", typed, filled=kept.metric or "", required=True,
            hint="End it with ↑ or ↓ to say which way is better", placeholder="accuracy ↑",
            limit=ledger_rules.METRIC_LIMIT,
        )  # fmt: skip
        self.ask(
            "reported", "The value as printed", typed, filled=kept.reported or "", required=True,
            hint="97.4 ± 0.3, 1.2e-3, <0.05, 40-50, ≈0.9 or n/r; yes or no for what is so or not",
            limit=60,
        )  # fmt: skip
        self.put(
            select("criterion", CRITERIA, typed, kept.criterion, about=CRITERIA_ABOUT),
            "How is yours compared with it?",
            "Fixed before the first result; empty: by the tolerance, or by the paper's own spread",
        )
        self.ask(
            "tolerance", "How far may yours lie from it?", typed, filled=kept.tolerance or "",
            hint="5% is a share, 0.5 a difference. Empty: what the paper's spread or next row says",
            limit=60,
        )  # fmt: skip

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the claim."""
        kept = DRAFTS.get(self.draft) or TypedTerms()
        metric, better = _arrow(typed.text("metric"))
        terms = replace(
            kept,
            statement=typed.text("statement"),
            metric=metric,
            reported=typed.text("reported"),
            better=better or kept.better,
            criterion=picked(Criterion, typed, "criterion"),
            tolerance=typed.text("tolerance") or None,
        )
        entry = await interaction.client.service(LedgerService).add(place, self.project_id, terms)
        await tell_claim(interaction, entry)


def _arrow(metric: str) -> tuple[str, Better | None]:
    """Return a metric without the arrow at its end, and which way that says is better."""
    for arrow, better in (("↑", Better.HIGHER), ("↓", Better.LOWER)):
        if metric.endswith(arrow):
            return metric.removesuffix(arrow).strip(), better
    return metric, None


class CompareForm(CardForm, custom_id="claim:compare:{project_id}", title="One row beats another"):
    """Asks for a claim about two rows of the ledger: the first beats the second."""

    project_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the fields; raises Conflict where there are no two rows to compare."""
        service = interaction.client.service(LedgerService)
        await service.check_may_add(place, self.project_id)
        rows = await _rows(interaction, place, self.project_id)
        if len(rows) < 2:
            raise Conflict(
                "A comparison needs two claims with numbers: add both rows with `/claim add` "
                "first, the baseline with `role: baseline`."
            )
        self.ask(
            "statement", "What the paper says", typed, required=True, long=True,
            placeholder="Weight decay beats no weight decay",
            limit=ledger_rules.STATEMENT_LIMIT,
        )  # fmt: skip
        self.put(select("first", rows, typed, required=True), "The row that is better")
        self.put(select("second", rows, typed, required=True), "The row that it beats")
        self.ask(
            "by", "By how much?", typed, placeholder="2.3", limit=60,
            hint="In the metric's own unit; may stay empty: then only which one is better counts",
        )  # fmt: skip
        self.put(select("better", BETTER, typed), "Which way is better?", "Where no row says it")

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the comparison."""
        first, second = (
            chosen_id(next(iter(typed.choices(one)), "")) for one in ("first", "second")
        )
        comparison = TypedComparison(
            statement=typed.text("statement"),
            by=typed.text("by") or None,
            better=picked(Better, typed, "better"),
        )
        entry = await interaction.client.service(LedgerService).compare(
            place, self.project_id, comparison, first, second
        )
        await tell_claim(interaction, entry)


async def _rows(interaction: Interaction, place: Place, project_id: int) -> dict[int, str]:
    """Return the latest claims with numbers, to choose from; Discord allows 25 options."""
    project = await interaction.client.service(ProjectService).get(place.guild_id, project_id)
    found = await interaction.client.service(LedgerService).standings(project)
    rows = [
        one.claim
        for one in found
        if one.claim.terms.criterion is not Criterion.OUTCOME and not one.claim.terms.is_comparison
    ]
    return {
        one.id: theme.clip(f"{one.name} {one.terms.statement}", theme.OPTION_LIMIT)
        # The latest, since a baseline is mostly added just before its comparison.
        for one in rows[-25:]
    }


class ChangeForm(CardForm, custom_id="claim:edit:{part}:{claim_id}"):
    """Asks for a part of a claim's terms."""

    part: TermsPart
    claim_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form, filled with what the claim says now."""
        bot = interaction.client
        claim = await bot.service(LedgerService).editable(place, self.claim_id)
        self.title = f"{claim.name}: {PARTS[self.part]}"
        _FILL[self.part](self, typed, claim.terms)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Change the claim."""
        await change(interaction, self.claim_id, _terms(self.part, typed))


def _says(form: ChangeForm, typed: Typed, terms: ClaimTerms) -> None:
    form.ask(
        "statement", "What the paper says", typed, filled=terms.statement, long=True,
        required=True, limit=ledger_rules.STATEMENT_LIMIT,
    )  # fmt: skip
    form.ask(
        "metric",
        "Metric",
        typed,
        filled=terms.metric,
        required=True,
        limit=ledger_rules.METRIC_LIMIT,
    )
    form.ask(
        "reported", "The value as printed", typed, filled=terms.reported, required=True, limit=60,
        hint="97.4%, 1.2e-3, <0.05, 40-50, ≈0.9 or n/r; yes or no for what is so or not",
    )  # fmt: skip
    form.ask(
        "unit",
        "Unit",
        typed,
        filled=terms.unit or "",
        placeholder="FLOPs",
        limit=ledger_rules.UNIT_LIMIT,
    )


def _where(form: ChangeForm, typed: Typed, terms: ClaimTerms) -> None:
    for name, label, filled, placeholder in (
        ("place", "Where in the paper", terms.place, "Table 2, row 3"),
        ("dataset", "Which data", terms.dataset, "WMT 2014, English to German"),
        ("split", "Which split", terms.split, "newstest2014"),
    ):
        form.ask(
            name, label, typed, filled=filled or "", placeholder=placeholder,
            limit=ledger_rules.PLACE_LIMIT,
        )  # fmt: skip


def _spread(form: ChangeForm, typed: Typed, terms: ClaimTerms) -> None:
    form.ask("spread", "The paper's spread", typed, filled=terms.spread or "", limit=60)
    form.put(select("spread_kind", SPREAD_KINDS, typed, terms.spread_kind), "What the spread is")
    count = "" if terms.runs is None else str(terms.runs)
    form.ask("runs", "Over how many runs", typed, filled=count, limit=6)
    form.put(select("printed_as", PRINTED, typed, terms.printed_as), "What the paper prints")


def _judged(form: ChangeForm, typed: Typed, terms: ClaimTerms) -> None:
    form.put(
        select("criterion", CRITERIA, typed, terms.criterion, about=CRITERIA_ABOUT),
        "How is yours compared with it?",
    )
    tolerance = terms.tolerance or ""
    form.ask(
        "tolerance", "Tolerance", typed, filled=tolerance, limit=60,
        hint="5% is a share, 0.5 a difference. Empty: what the paper's spread or next row says",
    )  # fmt: skip
    form.put(select("better", BETTER, typed, terms.better), "Which way it is better")


def _counts(form: ChangeForm, typed: Typed, terms: ClaimTerms) -> None:
    form.put(select("category", CATEGORIES, typed, terms.category), "What it is about")
    form.ask("weight", "Weight", typed, filled=terms.weight, limit=20)
    headline = {"yes": "The paper stands or falls with it", "no": "One claim among others"}
    form.put(select("headline", headline, typed, "yes" if terms.headline else "no"), "Headline")
    form.put(select("role", ROLES, typed, terms.role), "Claim or baseline")


_FILL = {
    TermsPart.SAYS: _says,
    TermsPart.WHERE: _where,
    TermsPart.SPREAD: _spread,
    TermsPart.JUDGED: _judged,
    TermsPart.COUNTS: _counts,
}


def _terms(part: TermsPart, typed: Typed) -> TypedTerms:
    """Return what a part's form says; an empty field of it empties the claim's."""
    match part:
        case TermsPart.SAYS:
            return TypedTerms(
                statement=typed.text("statement"),
                metric=typed.text("metric"),
                reported=typed.text("reported"),
                unit=typed.text("unit"),
            )
        case TermsPart.WHERE:
            return TypedTerms(
                place=typed.text("place"),
                dataset=typed.text("dataset"),
                split=typed.text("split"),
            )
        case TermsPart.SPREAD:
            spread = typed.text("spread")
            return TypedTerms(
                spread=spread,
                spread_kind=picked(SpreadKind, typed, "spread_kind") if spread else None,
                printed_as=picked(PrintedAs, typed, "printed_as"),
                # 0 empties it, where None would leave it as it is.
                runs=runs(typed.text("runs")) or 0,
            )
        case TermsPart.JUDGED:
            criterion = picked(Criterion, typed, "criterion")
            without = (Criterion.DIRECTION, Criterion.EXACT, Criterion.OUTCOME)
            # A tolerance that was left in the field would be refused with these.
            has_tolerance = criterion not in without
            better = picked(Better, typed, "better")
            return TypedTerms(
                criterion=criterion,
                tolerance=(typed.text("tolerance") or None) if has_tolerance else None,
                better=better,
                no_better=better is None,
            )
        case _:
            return TypedTerms(
                category=picked(Category, typed, "category"),
                weight=typed.text("weight") or None,
                headline="yes" in typed.choices("headline"),
                role=picked(ClaimRole, typed, "role"),
            )


class ClaimPages(Pages):
    """Claims, a few on each page, any of which can be opened."""

    def __init__(
        self, pages: Sequence[discord.Embed], project: Project, claims: Sequence[Claim]
    ) -> None:
        self._guild_id = project.guild_id
        self._claims = list(claims)
        super().__init__(pages)
        if len(pages) == 1:
            self.remove_item(self.back)
            self.remove_item(self.forward)

    @classmethod
    async def show_claims(
        cls, interaction: Interaction, project: Project, standings: Sequence[ClaimStanding]
    ) -> None:
        """Answer with the first page."""
        made = ledger_cards.claim_pages(project, standings)
        if not standings:
            await cls.show(interaction, made)
            return
        if len(made) > 1:
            for number, page in enumerate(made, start=1):
                page.set_footer(text=f"Page {number} of {len(made)}")
        view = cls(made, project, [one.claim for one in standings])
        await replies.send(interaction, embed=made[0], view=view)

    @ui.select(placeholder="Open a claim …", options=[discord.SelectOption(label="-")], row=1)
    @reports_errors
    async def opened(self, interaction: Interaction, select: ui.Select[Any]) -> None:
        """Show a claim with what can be done with it, to the person who asked."""
        bot, claim_id = interaction.client, chosen_id(select.values[0])
        await bot.places.admitted(interaction, {"claim_id": claim_id})
        entry = await bot.service(LedgerService).standing(self._guild_id, claim_id)
        content = claim_card(entry)
        await replies.send(interaction, content)

    def _update(self) -> None:
        super()._update()
        first = sum(len(page.fields) for page in self._pages[: self._at])
        shown = self._claims[first : first + len(self._pages[self._at].fields)]
        self.opened.options = [
            discord.SelectOption(
                label=theme.clip(f"{one.name} {one.terms.statement}", theme.CHOICE_LIMIT),
                value=str(one.id),
            )
            for one in shown
        ]


def claim_card(entry: LedgerEntry) -> Content:
    """Return a claim's card."""
    claim_id = entry.standing.claim.id
    if entry.project.archived_at is not None:
        return ledger_cards.claim(entry, [[HistoryButton(claim_id)]])
    rows = [
        [LogButton(claim_id), HistoryButton(claim_id)],
        [ChangeSelect(claim_id, options=_PART_OPTIONS)],
    ]
    return ledger_cards.claim(entry, rows)


async def tell_claim(interaction: Interaction, entry: LedgerEntry) -> None:
    """Answer with a new claim's card, on its board."""
    await answer_with(
        interaction, entry, CardKind.CLAIM, entry.standing.claim.id, claim_card(entry)
    )


async def change(interaction: Interaction, claim_id: int, typed: TypedTerms) -> None:
    """Change a claim, and tell everybody what is different."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    entry = await bot.service(LedgerService).edit(place, claim_id, typed)
    await replies.send(interaction, ledger_cards.claim_changed(entry, place.user_id), public=True)
    show_changed(bot, entry)


def render_with(bot: CohortBot) -> None:
    """Render the cards of claims."""
    bot.cards.render_with(CardKind.CLAIM, bot.service(LedgerService).claim_in, claim_card)


BUTTONS = (AddClaimButton, ChangeSelect, CompareButton, HistoryButton, ImportButton)
"""The controls that outlive a restart."""
