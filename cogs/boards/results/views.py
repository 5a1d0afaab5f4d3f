"""The controls of results: logging, confirming and disputing them, and saying how they ran."""

from __future__ import annotations

import io
import re
from typing import Any

import discord
from discord import ui
from msgspec import Struct
from msgspec.structs import replace

from bot.base.errors import Conflict
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, OwnView
from bot.ui.form import CardForm, Typed
from bot.ui.report import reports_errors
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import rules as ledger_rules
from cogs.boards.ledger.fields import KeptOptions, picked, runs, select
from cogs.boards.ledger.posting import answer_with, show_changed
from cogs.boards.ledger.service import LedgerEntry, LedgerService, title
from cogs.boards.projects.service import ProjectService
from cogs.boards.results import cards, rules
from cogs.boards.results.rules import TypedFindings
from cogs.boards.results.service import Logged, ResultFileService
from cogs.boards.reviews.views import ReviewButton, settle_buttons
from data.boards.results import Result
from data.states import CardKind, Criterion, Decision, Origin

ORIGINS = {Origin.AUTHORS: "The authors' code", Origin.OWN: "Our own code"}

CLAIMS = 25
"""How many claims a menu offers: all that Discord allows."""


class ResultDraft(Struct, frozen=True):
    """What `/result log` was given: findings, and the result that they correct."""

    findings: TypedFindings
    replaces: int | None = None


DRAFTS: KeptOptions[ResultDraft] = KeptOptions()
"""What `/result log` was given, while the form for the rest is open."""

NO_DRAFT = ResultDraft(TypedFindings())


class LogButton(
    CardButton,
    custom_id="claim:log:{claim_id}",
    label="Log a result",
    style=discord.ButtonStyle.primary,
):
    """Opens the form for a result of one claim."""

    claim_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form."""
        await LogForm(self.claim_id).show(interaction)


class LogResultButton(
    CardButton,
    custom_id="board:result:{project_id}",
    label="Log a result",
    style=discord.ButtonStyle.primary,
):
    """Opens the form for a result of any claim."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, for a member."""
        await ResultForm(self.project_id).show(interaction)


class TemplateButton(CardButton, custom_id="board:template:{project_id}", label="Results file"):
    """Makes an empty results file for a board."""

    project_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Send it to the person who asked, as CSV and as JSON."""
        service = interaction.client.service(ResultFileService)
        as_csv, as_json = await service.template(place, self.project_id)
        await replies.send(
            interaction,
            cards.template(),
            files=[
                discord.File(io.BytesIO(as_csv.encode()), "results.csv"),
                discord.File(io.BytesIO(as_json.encode()), "results.json"),
            ],
        )


class LogThemButton(
    CardButton,
    custom_id="result:file:{project_link_id}:{version}",
    label="Log them",
    style=discord.ButtonStyle.success,
):
    """Logs what is new in a watched results file, as it was shown."""

    project_link_id: int
    version: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Log it, for a member."""
        service = interaction.client.service(ResultFileService)
        done = await service.log_kept(place, self.project_link_id, self.version)
        await tell_logged(interaction, place, done)


class FileQuestion(OwnView):
    """Asks whether what was read in an attached results file is to be logged."""

    def __init__(self, project_id: int, text: str) -> None:
        super().__init__()
        self._project_id = project_id
        self._text = text

    @ui.button(label="Log them", style=discord.ButtonStyle.success)
    @reports_errors
    async def log(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Log them, and tell everybody."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(ResultFileService)
        await tell_logged(
            interaction, place, await service.log(place, self._project_id, self._text)
        )
        self.stop()


async def show_file(interaction: Interaction, place: Place, project_id: int, text: str) -> None:
    """Show what is new in an attached results file, and offer to log it."""
    fresh = await interaction.client.service(ResultFileService).fresh(
        place.guild_id, project_id, text
    )
    view = FileQuestion(project_id, text) if fresh.results else None
    await replies.send(interaction, cards.preview(fresh), view=view)


async def tell_logged(interaction: Interaction, place: Place, done: Logged) -> None:
    """Tell the thread what was logged from a file, and refresh what shows it."""
    await replies.send(interaction, cards.logged(done, place.user_id), public=True)
    for entry in done.entries:
        show_changed(interaction.client, entry)


class LogForm(CardForm, custom_id="claim:log:{claim_id}:{draft}"):
    """Asks what somebody found for a claim."""

    claim_id: int
    draft: int = 0

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the fields, filled with what the command was given."""
        claim = await interaction.client.service(LedgerService).editable(place, self.claim_id)
        self.title = f"A result for {claim.name}"
        kept = (DRAFTS.get(self.draft) or NO_DRAFT).findings
        hint = VALUE_HINT
        if claim.terms.criterion is Criterion.OUTCOME:
            hint = "yes, partly or no; of several tries: yes, yes, no"
        self.ask("value", "What came out", typed, filled=kept.value, hint=hint, required=True)
        _ask_how(self, typed, kept)
        self.ask(
            "evidence", "Evidence", typed, filled=kept.evidence or "", limit=500,
            placeholder="https://wandb.ai/…",
        )  # fmt: skip

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Log it."""
        draft = DRAFTS.get(self.draft) or NO_DRAFT
        found = replace(_found(typed, draft.findings), evidence=typed.text("evidence") or None)
        entry = await interaction.client.service(LedgerService).log(
            place, self.claim_id, found, replaces=draft.replaces
        )
        await tell_result(interaction, entry)


class ResultForm(CardForm, custom_id="result:new:{project_id}:{draft}", title="What you found"):
    """Asks what somebody found, and for which claim."""

    project_id: int
    draft: int = 0

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Add the fields; raises Conflict where there are no claims yet."""
        service = interaction.client.service(LedgerService)
        await service.check_may_add(place, self.project_id)
        project = await interaction.client.service(ProjectService).get(
            place.guild_id, self.project_id
        )
        claims = [one.claim for one in await service.standings(project)]
        claims = [one for one in claims if not one.terms.is_comparison]
        if not claims:
            raise Conflict(
                "A result is for a claim, and there is none yet. `/claim add` writes down what "
                "the paper says."
            )
        kept = (DRAFTS.get(self.draft) or NO_DRAFT).findings
        if len(claims) > CLAIMS:
            self.ask(
                "claim", "For which claim?", typed, hint="Its number: `/claim list` shows them",
                placeholder="C3", required=True, limit=100,
            )  # fmt: skip
        else:
            names = {one.id: theme.clip(title(one), theme.OPTION_LIMIT) for one in claims}
            self.put(select("claim", names, typed, required=True), "For which claim?")
        self.ask("value", "What came out", typed, filled=kept.value, hint=VALUE_HINT, required=True)
        _ask_how(self, typed, kept)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Log it."""
        service = interaction.client.service(LedgerService)
        project = await interaction.client.service(ProjectService).get(
            place.guild_id, self.project_id
        )
        chosen = next((f"#{one}" for one in typed.choices("claim") if one.isdecimal()), None)
        claim = await service.named_claim(project, chosen or typed.text("claim"))
        draft = DRAFTS.get(self.draft) or NO_DRAFT
        found = _found(typed, draft.findings)
        entry = await service.log(place, claim.id, found, replaces=draft.replaces)
        await tell_result(interaction, entry)


VALUE_HINT = (
    "97.1, or each run's value: 97.1, 96.8, 97.4; or 97.1 ± 0.2; yes or no without a number"
)


def _ask_how(form: CardForm, typed: Typed, kept: TypedFindings) -> None:
    """Add the fields about the runs, the code and what was different."""
    counted = "" if kept.runs is None else f"{kept.runs} runs"
    form.ask(
        "seeds", "Seeds, or how many runs", typed, filled=kept.seeds or counted,
        placeholder="0, 1, 2 or 3 runs", limit=500,
    )  # fmt: skip
    form.put(select("origin", ORIGINS, typed, kept.origin), "Whose code you ran")
    form.ask(
        "deviations", "What you did differently from the paper", typed,
        filled=kept.deviations or "", long=True, limit=ledger_rules.NOTES_LIMIT,
    )  # fmt: skip


def _found(typed: Typed, kept: TypedFindings) -> TypedFindings:
    """Return what the form says, with what the command was given beside it."""
    counted = re.fullmatch(r"(\d{1,6})\s*runs?", typed.text("seeds").casefold())
    return replace(
        kept,
        value=typed.text("value"),
        runs=runs(counted[1]) if counted else None,
        seeds=None if counted else typed.text("seeds") or None,
        origin=picked(Origin, typed, "origin"),
        deviations=typed.text("deviations") or None,
    )


class DetailsButton(CardButton, custom_id="result:details:{result_id}", label="Add details"):
    """Opens the form with what a result leaves open, for the person who ran it."""

    result_id: int

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form, with what is missing."""
        await DetailsForm(self.result_id).show(interaction)


_DETAILS = {
    "command": ("Command or configuration", "python train.py --wd 1 --steps 1e5", True),
    "revision": ("Commit", "3f2a9c1", False),
    "seeds": ("Seeds", "0, 1, 2 or 0-4", False),
    "hardware": ("Hardware", "1 × RTX 4090", False),
    "hours": ("Hours of computing", "3.5", False),
    "cost": ("Cost", "$12.50", False),
    "evidence": ("Evidence", "https://wandb.ai/…", False),
    "deviations": ("What you did differently from the paper", "Batches of 1024", True),
    "notes": ("What else there is to know", "Seed 2 was stopped early", True),
}
FIELDS = 5
"""How many fields a form has."""


class DetailsForm(CardForm, custom_id="result:details:{result_id}", title="How it was run"):
    """Asks for what a result does not say of how it was made; the most wanted first."""

    result_id: int

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Return the form with the gaps that there are."""
        bot = interaction.client
        result = await bot.service(LedgerService).completable(place, self.result_id)
        for name in rules.gaps(result.findings)[:FIELDS]:
            label, placeholder, long = _DETAILS[name]
            self.ask(name, label, typed, placeholder=placeholder, long=long, limit=1000)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Fill the gaps."""
        bot = interaction.client
        said = TypedFindings(**{name: typed.text(name) or None for name in _DETAILS})  # pyright: ignore[reportArgumentType]
        entry = await bot.service(LedgerService).complete(place, self.result_id, said)
        assert entry.result is not None  # noqa: S101 - it was just completed
        name = f"{entry.standing.claim.name} {entry.result.name}"
        await replies.send(interaction, f"**{name}** says so now.")
        show_changed(bot, entry)


def result_card(entry: LedgerEntry) -> Content:
    """Return a result's card."""
    assert entry.result is not None  # noqa: S101 - callers have one
    return ledger_cards.result(entry, result_buttons(entry.result))


async def tell_result(interaction: Interaction, entry: LedgerEntry) -> None:
    """Answer with a new result's card, on its board."""
    assert entry.result is not None  # noqa: S101 - it was just logged
    await answer_with(interaction, entry, CardKind.RESULT, entry.result.id, result_card(entry))


def render_with(bot: CohortBot) -> None:
    """Render the cards of results."""
    bot.cards.render_with(CardKind.RESULT, bot.service(LedgerService).result_in, result_card)


def result_buttons(result: Result) -> list[ui.Item[Any]]:
    """Return what can be done with a result: to review it as far as it is not, and to complete it.

    What was confirmed can still be disputed; what is disputed the lead settles; after that, and
    once it was replaced, it is only shown.
    """
    if result.replaced or not result.counts:
        return []
    buttons: list[ui.Item[Any]] = []
    if result.is_disputed:
        buttons += settle_buttons(result)
    elif result.is_confirmed:
        buttons.append(ReviewButton(Decision.DISPUTE, result.id))
    else:
        buttons.append(ReviewButton(Decision.CONFIRM, result.id))
        buttons.append(ReviewButton(Decision.DISPUTE, result.id))
    if set(rules.gaps(result.findings)) - {"notes", "deviations"}:
        buttons.append(DetailsButton(result.id))
    return buttons


BUTTONS = (
    DetailsButton,
    LogButton,
    LogResultButton,
    LogThemButton,
    TemplateButton,
)
"""The controls that outlive a restart."""
