"""The controls of claims: to change one, to log a result for it, and to see what happened to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeVar

import discord
from discord import ui

from bot.base.errors import InvalidInput
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.controls import CardButton, CardSelect
from bot.ui.form import Form, Typed
from bot.ui.pages import Pages
from bot.ui.report import answered
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import rules as ledger_rules
from cogs.boards.ledger.rules import TypedTerms
from cogs.boards.ledger.service import Entry, LedgerService
from cogs.boards.ledger.standings import Standing
from cogs.boards.results.rules import TypedFindings
from cogs.boards.results.views import result_buttons, show_changed
from data.boards.claims import Claim, ClaimTerms
from data.boards.projects import Project
from data.states import Better, CardKind, Category, Criterion, Origin, SpreadKind

BETTER = {Better.HIGHER: "Higher is better", Better.LOWER: "Lower is better"}

CRITERIA = {
    Criterion.RELATIVE: "Relative: within a share",
    Criterion.ABSOLUTE: "Absolute: within a difference",
    Criterion.INTERVAL: "Interval: 95% of our runs",
    Criterion.DIRECTION: "Direction: the same sign",
    Criterion.EXACT: "Exact: the printed digits",
}

SPREADS = {
    SpreadKind.DEVIATION: "Standard deviation",
    SpreadKind.ERROR: "Standard error",
    SpreadKind.INTERVAL: "Half of a 95% interval",
}

CATEGORIES = {
    Category.CODE: "Code: it is written",
    Category.RUN: "Run: it runs",
    Category.RESULT: "Result: it comes out",
}

ORIGINS = {Origin.AUTHORS: "The authors' code", Origin.OWN: "Our own code"}

PARTS = {
    "says": "What it says",
    "where": "Where it stands, and on which data",
    "spread": "Spread and runs",
    "judged": "How it is judged",
    "counts": "What it is about, and its weight",
}
"""What can be changed in a claim, a form each."""


class LogButton(CardButton, template=r"claim:log:(?P<claim_id>\d{1,18})"):
    """Opens the form for a result."""

    def __init__(self, claim_id: int) -> None:
        self.claim_id = claim_id
        super().__init__(
            f"claim:log:{claim_id}", label="Log a result", style=discord.ButtonStyle.primary
        )

    async def pressed(self, interaction: Interaction) -> None:
        """Open the form."""
        await LogForm.open(interaction, claim_id=self.claim_id)


class HistoryButton(CardButton, template=r"claim:history:(?P<claim_id>\d{1,18})"):
    """Shows who did what to a claim, and when."""

    def __init__(self, claim_id: int) -> None:
        self.claim_id = claim_id
        super().__init__(f"claim:history:{claim_id}", label="History")

    async def pressed(self, interaction: Interaction) -> None:
        """Show it, to who asked."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(LedgerService)
        history = await service.history(place.guild_id, self.claim_id)
        await Pages.show(interaction, ledger_cards.history_pages(history))


class ChangeSelect(CardSelect, template=r"claim:change:(?P<claim_id>\d{1,18})"):
    """Opens the form for a part of a claim."""

    def __init__(
        self, claim_id: int, options: Sequence[discord.SelectOption] | None = None
    ) -> None:
        self.claim_id = claim_id
        offered = [discord.SelectOption(label=name, value=part) for part, name in PARTS.items()]
        super().__init__(
            f"claim:change:{claim_id}", options=options or offered, placeholder="Change …"
        )

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Open the form."""
        if not values or values[0] not in PARTS:
            raise InvalidInput("Choose what to change from the list.")
        await ChangeForm.open(interaction, part=values[0], claim_id=self.claim_id)


class ChangeForm(
    Form, template=r"claim:edit:(?P<part>says|where|spread|judged|counts):(?P<claim_id>\d{1,18})"
):
    """Asks for a part of a claim's terms."""

    @classmethod
    async def build(
        cls, interaction: Interaction, typed: Typed, *, part: str, claim_id: int
    ) -> ChangeForm:
        """Return the form, filled with what the claim says now."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        claim = await bot.service(LedgerService).editable(place, claim_id)
        form = cls(f"{claim.name}: {PARTS[part]}", f"claim:edit:{part}:{claim_id}")
        _FILL[part](form, typed, claim.terms)
        return form

    @classmethod
    async def submitted(
        cls, interaction: Interaction, typed: Typed, *, part: str, claim_id: int
    ) -> None:
        """Change the claim."""
        await change(interaction, claim_id, _terms(part, typed))


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
    form.put(_select("spread_kind", SPREADS, typed, terms.spread_kind), "What the spread is")
    runs = "" if terms.runs is None else str(terms.runs)
    form.ask("runs", "Over how many runs", typed, filled=runs, limit=6)


def _judged(form: ChangeForm, typed: Typed, terms: ClaimTerms) -> None:
    form.put(_select("criterion", CRITERIA, typed, terms.criterion), "Criterion")
    tolerance = terms.tolerance or ""
    form.ask(
        "tolerance", "Tolerance", typed, filled=tolerance, limit=60,
        hint="A share such as 5% for relative, a difference such as 0.5 for absolute",
    )  # fmt: skip
    form.put(_select("better", BETTER, typed, terms.better), "Which way it is better")


def _counts(form: ChangeForm, typed: Typed, terms: ClaimTerms) -> None:
    form.put(_select("category", CATEGORIES, typed, terms.category), "What it is about")
    form.ask("weight", "Weight", typed, filled=terms.weight, limit=20)
    headline = {"yes": "The paper stands or falls with it", "no": "One claim among others"}
    form.put(_select("headline", headline, typed, "yes" if terms.headline else "no"), "Headline")


_FILL = {"says": _says, "where": _where, "spread": _spread, "judged": _judged, "counts": _counts}


def _terms(part: str, typed: Typed) -> TypedTerms:
    """Return what a part's form says; an empty field of it empties the claim's."""
    match part:
        case "says":
            return TypedTerms(
                statement=typed.text("statement"),
                metric=typed.text("metric"),
                reported=typed.text("reported"),
                unit=typed.text("unit"),
            )
        case "where":
            return TypedTerms(
                place=typed.text("place"),
                dataset=typed.text("dataset"),
                split=typed.text("split"),
            )
        case "spread":
            spread = typed.text("spread")
            return TypedTerms(
                spread=spread,
                spread_kind=_picked(SpreadKind, typed, "spread_kind") if spread else None,
                runs=_runs(typed.text("runs")) or 0,
            )
        case "judged":
            criterion = _picked(Criterion, typed, "criterion")
            has_tolerance = criterion in (Criterion.RELATIVE, Criterion.ABSOLUTE, None)
            better = _picked(Better, typed, "better")
            return TypedTerms(
                criterion=criterion,
                tolerance=(typed.text("tolerance") or None) if has_tolerance else None,
                better=better,
                no_better=better is None,
            )
        case _:
            return TypedTerms(
                category=_picked(Category, typed, "category"),
                weight=typed.text("weight") or None,
                headline="yes" in typed.choices("headline"),
            )


class LogForm(Form, template=r"claim:log:(?P<claim_id>\d{1,18})"):
    """Asks what somebody found for a claim."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed, *, claim_id: int) -> LogForm:
        """Return the form."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        claim = await bot.service(LedgerService).editable(place, claim_id)
        form = cls(f"A result for {claim.name}", f"claim:log:{claim_id}")
        hint = "97.1, or each run's value: 97.1, 96.8, 97.4; or 97.1 ± 0.2"
        if claim.terms.criterion is Criterion.OUTCOME:
            hint = "yes, partly or no; of several tries: yes, yes, no"
        form.ask("value", "What came out", typed, hint=hint, required=True)
        form.ask(
            "seeds", "Seeds, or how many runs", typed, placeholder="0, 1, 2 or 3 runs", limit=500
        )
        form.put(_select("origin", ORIGINS, typed, None), "Whose code you ran")
        form.ask(
            "deviations", "What you did otherwise than the paper", typed, long=True,
            limit=ledger_rules.NOTES_LIMIT,
        )  # fmt: skip
        return form.ask("evidence", "Evidence", typed, placeholder="https://wandb.ai/…", limit=500)

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed, *, claim_id: int) -> None:
        """Log it."""
        place = await interaction.client.places.of(interaction)
        counted = re.fullmatch(r"(\d{1,6})\s*runs?", typed.text("seeds").casefold())
        entry = await interaction.client.service(LedgerService).log(
            place,
            claim_id,
            TypedFindings(
                value=typed.text("value"),
                runs=_runs(counted[1]) if counted else None,
                seeds=None if counted else typed.text("seeds") or None,
                origin=_picked(Origin, typed, "origin"),
                deviations=typed.text("deviations") or None,
                evidence=typed.text("evidence") or None,
            ),
        )
        await tell_result(interaction, entry)


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
        cls, interaction: Interaction, project: Project, standings: Sequence[Standing]
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
        await interaction.response.send_message(embed=made[0], view=view, ephemeral=True)

    @ui.select(placeholder="Open a claim …", options=[discord.SelectOption(label="-")], row=1)
    @answered
    async def opened(self, interaction: Interaction, select: ui.Select[Any]) -> None:
        """Show a claim with what can be done with it, to who asked."""
        service = interaction.client.service(LedgerService)
        entry = await service.standing(self._guild_id, int(select.values[0]))
        content = claim_card(entry)
        await interaction.response.send_message(**content.for_sending(), ephemeral=True)

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


def claim_card(entry: Entry) -> Content:
    """Return a claim's card."""
    claim_id = entry.standing.claim.id
    if entry.project.archived_at is not None:
        return ledger_cards.claim(entry, [[HistoryButton(claim_id)]])
    rows = [[LogButton(claim_id), HistoryButton(claim_id)], [ChangeSelect(claim_id)]]
    return ledger_cards.claim(entry, rows)


def result_card(entry: Entry) -> Content:
    """Return a result's card."""
    assert entry.result is not None  # noqa: S101 - callers have one
    return ledger_cards.result(entry, result_buttons(entry.result))


async def tell_claim(interaction: Interaction, entry: Entry) -> None:
    """Answer with a new claim's card, on its board."""
    await _tell(interaction, entry, CardKind.CLAIM, entry.standing.claim.id, claim_card(entry))


async def tell_result(interaction: Interaction, entry: Entry) -> None:
    """Answer with a new result's card, on its board."""
    assert entry.result is not None  # noqa: S101 - it was just logged
    await _tell(interaction, entry, CardKind.RESULT, entry.result.id, result_card(entry))


async def change(interaction: Interaction, claim_id: int, typed: TypedTerms) -> None:
    """Change a claim, and tell everybody what is different."""
    bot = interaction.client
    place = await bot.places.of(interaction)
    entry = await bot.service(LedgerService).edit(place, claim_id, typed)
    await interaction.response.send_message(
        ledger_cards.claim_changed(entry, place.user_id),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    show_changed(bot, entry)


async def _tell(
    interaction: Interaction, entry: Entry, kind: CardKind, own_id: int, content: Content
) -> None:
    bot = interaction.client
    thread_id = entry.project.thread_id
    if thread_id is not None:
        await bot.cards.answer(interaction, kind, own_id, thread_id, content=content)
    elif interaction.response.is_done():
        await interaction.followup.send(**content.for_sending())
    else:
        await interaction.response.send_message(**content.for_sending())
    show_changed(bot, entry, posted=kind)


def render_with(bot: CohortBot) -> None:
    """Have the cards of claims and results made here."""
    service = bot.service(LedgerService)

    async def claim(claim_id: int) -> Content:
        return claim_card(await service.claim_shown(claim_id))

    async def result(result_id: int) -> Content:
        return result_card(await service.result_shown(result_id))

    bot.cards.render_with(CardKind.CLAIM, claim)
    bot.cards.render_with(CardKind.RESULT, result)


def _select(
    name: str, names: dict[Any, str], typed: Typed, present: StrEnum | str | None
) -> ui.Select[Any]:
    """Return a menu of one choice or none, with what was chosen before or holds now."""
    chosen = typed.choices(name) if name in typed else (str(present),)
    return ui.Select(
        custom_id=name,
        options=[
            discord.SelectOption(label=label, value=str(value), default=str(value) in chosen)
            for value, label in names.items()
        ],
        required=False,
        min_values=0,
        max_values=1,
    )


E = TypeVar("E", bound=StrEnum)


def _picked(kind: type[E], typed: Typed, name: str) -> E | None:
    """Return what was chosen; None where nothing was."""
    chosen = typed.choices(name)
    return next((one for one in kind if str(one.value) in chosen), None)


def _runs(text: str) -> int | None:
    """Return a number of runs; None where nothing was typed."""
    tidy = text.strip()
    if not tidy:
        return None
    if not tidy.isascii() or not tidy.isdecimal() or not 0 < int(tidy) <= ledger_rules.LARGEST_RUNS:
        raise InvalidInput(f"`{tidy[:20]}` is no number of runs. For example `3`.")
    return int(tidy)


BUTTONS = (LogButton, HistoryButton, ChangeSelect)
"""The controls that outlive a restart."""
