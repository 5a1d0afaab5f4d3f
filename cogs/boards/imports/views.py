"""Many claims at once: a table is read, shown back, corrected if need be, and only then added."""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import discord
from discord import ui
from msgspec import Struct
from msgspec.structs import replace

from bot import events
from bot.base import addresses
from bot.base.errors import InvalidInput, NotFound
from bot.client import Interaction
from bot.jobs.file_readers import FILES
from bot.place import Place
from bot.ui import replies
from bot.ui.controls import OwnView
from bot.ui.form import TEXT_LIMIT, CardForm, Typed
from bot.ui.report import reports_errors
from cogs.boards.imports import cards, tables
from cogs.boards.imports.tables import Corrections, Import, MetricCorrection
from cogs.boards.ledger import cards as ledger_cards
from cogs.boards.ledger import rules
from cogs.boards.ledger.service import LedgerService, checked
from data.boards.claims import Claim, ClaimTerms
from data.boards.projects import ProjectId
from data.states import Better, SpreadKind

CHOICES = 25
"""The most options of one menu of Discord's."""

ROW_MENUS = 2
"""Menus of rows: with the buttons and the metrics they are what a message has room for."""


async def read(file: discord.Attachment) -> str:
    """Return an attached text.

    Raises InvalidInput when it is too large or not text, or would give a password away.
    """
    if file.size > tables.LARGEST:
        raise InvalidInput(
            f"That file has {file.size} bytes; {tables.LARGEST} are the most. Import it in parts."
        )
    data = await file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("That file is no text. Save the table as CSV, in UTF-8.") from None
    await FILES.run(addresses.check_file, text)
    return text


async def preview(interaction: Interaction, project_id: ProjectId, text: str) -> None:
    """Show the person what a table comes to; raises InvalidInput, naming what cannot be read."""
    whole = await FILES.run(tables.read, text)
    bot = interaction.client
    place = await bot.places.of(interaction)
    present = await bot.service(LedgerService).claims_of(place, project_id)
    question = ImportQuestion(project_id, whole, present)
    await question.compute()
    files: list[discord.File] = []
    if len(question.listed) > TEXT_LIMIT:
        files = [discord.File(io.BytesIO(question.listed.encode()), "claims.txt")]
    await replies.send(interaction, question.shown(), view=question, files=files)


class ImportForm(CardForm, custom_id="claim:import:{project_id}", title="Claims from a table"):
    """Takes a pasted table, or one to correct."""

    project_id: ProjectId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask for the table."""
        self.ask(
            "table",
            "The table, its first line naming the columns",
            typed,
            hint="As printed: LaTeX, Markdown, HTML, CSV, or copied from a page or a PDF",
            placeholder="Model | EN-DE ↑ | EN-FR ↑\nBase | 27.3 | 38.1",
            long=True,
            required=True,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Show what was read."""
        await interaction.client.service(LedgerService).check_may_add(place, self.project_id)
        await preview(interaction, self.project_id, typed.text("table"))


class _Computed(Struct, frozen=True):
    """What an import comes to after the corrections so far."""

    whole: Import
    terms: Sequence[ClaimTerms]
    listed: str
    pages: Sequence[str]


class ImportQuestion(OwnView):
    """Shows the table back, takes corrections, and asks whether what was read is right."""

    _open: ClassVar[WeakValueDictionary[str, ImportQuestion]] = WeakValueDictionary()

    def __init__(self, project_id: ProjectId, whole: Import, present: Sequence[Claim]) -> None:
        super().__init__()
        self.key = secrets.token_hex(8)
        self._open[self.key] = self
        self.project_id = project_id
        self.whole = whole
        self.corrections = Corrections()
        self._present = {one.terms.statement.casefold(): one for one in present}
        self._rows = list(dict.fromkeys((one.table, one.row) for one in whole.drafts))
        self._page = 0
        self._computed: _Computed | None = None
        self._correcting: ui.Select[Any] | None = None

    @classmethod
    def of(cls, key: str) -> ImportQuestion:
        """Return the preview that a form belongs to; raises NotFound when it has ended."""
        found = cls._open.get(key)
        if found is None or found.is_finished():
            raise NotFound("That preview has ended. Import the table again to correct it.")
        return found

    @property
    def computed(self) -> _Computed:
        """What the import comes to now."""
        assert self._computed is not None  # noqa: S101 - computed before it is shown
        return self._computed

    @property
    def listed(self) -> str:
        """The claims as a list, to be corrected in the form."""
        return self.computed.listed

    def shown(self) -> str:
        """Return the page that is open."""
        pages = self.computed.pages
        text = pages[self._page]
        if len(self.listed) > TEXT_LIMIT and self._page == 0:
            text += "\nIt is too long for a form: correct it in this file, and import that."
        return text + (f"\n-# Page {self._page + 1} of {len(pages)}" if len(pages) > 1 else "")

    async def compute(self) -> None:
        """Apply the corrections, away from the loop, and bring the controls up to date."""
        self._computed = await FILES.run(self._apply)
        self._page = min(self._page, len(self.computed.pages) - 1)
        drafts = self.computed.whole.drafts
        unclear = tables.unclear([draft.typed for draft in drafts])
        self.add.disabled = not drafts or bool(unclear)
        self.correct.disabled = len(self.listed) > TEXT_LIMIT
        self.back.disabled = self._page == 0
        self.on.disabled = self._page + 1 == len(self.computed.pages)
        self._put_menus()

    def _apply(self) -> _Computed:
        whole = tables.corrected(self.whole, self.corrections)
        same: list[str] = []
        other: list[tuple[str, str, str]] = []
        drafts = list(whole.drafts)
        taken = {*self._present, *((one.statement or "").casefold() for one in whole.claims)}
        for at, draft in enumerate(drafts):
            statement = draft.typed.statement or ""
            there = self._present.get(statement.casefold())
            if there is None:
                continue
            if _same_value(draft.typed, there.terms):
                same.append(statement)
                continue
            other.append((statement, there.terms.reported, draft.typed.reported or ""))
            if whole.is_list:
                continue  # somebody wrote this statement themselves: it stays as it is
            named = tables.free_statement(statement, taken)
            taken.add(named.casefold())
            drafts[at] = replace(draft, typed=replace(draft.typed, statement=named))
        whole = replace(whole, drafts=drafts)
        clear = [one for one in whole.claims if one.metric != tables.UNKNOWN]
        terms = [checked(one) for one in clear]
        pages = cards.pages(whole, terms, cards.Present(same, other))
        return _Computed(whole, terms, tables.write(whole.claims), pages)

    def _put_menus(self) -> None:
        """Show a menu of the metrics to correct, and menus of the rows to take."""
        for item in [one for one in self.children if isinstance(one, ui.Select)]:
            self.remove_item(item)
        named = [name for name in cards.metrics(self.whole) if name and name != tables.UNKNOWN]
        if named and not self.whole.is_list:
            self.add_item(_MetricMenu(named))
        if 1 < len(self._rows) <= CHOICES * ROW_MENUS and not self.whole.is_list:
            for first in range(0, len(self._rows), CHOICES):
                part = self._rows[first : first + CHOICES]
                self.add_item(_RowMenu(first, part, self.corrections.rows))

    def only(self, first: int, chosen: Sequence[str]) -> None:
        """Take only the chosen ones of the rows that one menu offers; none of them means all."""
        part = self._rows[first : first + CHOICES]
        present = self.corrections.rows if self.corrections.rows is not None else set(self._rows)
        kept = {part[int(value) - first] for value in chosen} or set(part)
        rows = (set(present) - set(part)) | kept
        whole = None if len(rows) == len(self._rows) else frozenset(rows)
        self.corrections = replace(self.corrections, rows=whole)

    async def refresh(self, interaction: Interaction) -> None:
        """Show the message again with the corrections in it."""
        await self.compute()
        await replies.edit(interaction, self.shown(), view=self)

    @ui.button(label="Add them", style=discord.ButtonStyle.success)
    @reports_errors
    async def add(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Write them down, and tell everybody."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        project, claims = await bot.service(LedgerService).add_all(
            place, self.project_id, self.computed.whole.claims
        )
        self.stop()
        await replies.edit(interaction, "They are on the board.")
        await replies.send(interaction, ledger_cards.imported(claims, place.user_id), public=True)
        events.project_changed(bot, project.id)

    @ui.button(label="Correct them", style=discord.ButtonStyle.secondary)
    @reports_errors
    async def correct(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Open them in the form."""
        typed = Typed({"table": self.listed})
        await ImportForm(self.project_id).show(interaction, typed)

    @ui.button(label="Name the table", style=discord.ButtonStyle.secondary)
    @reports_errors
    async def name(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Ask what the table is called in the paper."""
        await TableNameForm(self.key).show(interaction)

    @ui.button(emoji="◀", style=discord.ButtonStyle.secondary)
    @reports_errors
    async def back(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Show the page before."""
        self._page = max(0, self._page - 1)
        await self.refresh(interaction)

    @ui.button(emoji="▶", style=discord.ButtonStyle.secondary)
    @reports_errors
    async def on(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Show the next page."""
        self._page = min(len(self.computed.pages) - 1, self._page + 1)
        await self.refresh(interaction)


def _same_value(typed: rules.TypedTerms, there: ClaimTerms) -> bool:
    return checked(typed).reported == there.reported


class _MetricMenu(ui.Select[ImportQuestion]):
    """Picks the metric whose name, direction or spread is to be corrected."""

    def __init__(self, names: Sequence[str]) -> None:
        options = [discord.SelectOption(label=name[:100], value=str(at))
                   for at, name in enumerate(names[:CHOICES])]  # fmt: skip
        super().__init__(placeholder="Correct a metric: its name, which way is better, its spread",
                         options=options, row=1)  # fmt: skip
        self._names = names

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form for it."""
        question = self.view
        assert question is not None  # noqa: S101 - a menu that was used is in its view
        await MetricForm(question.key, int(self.values[0])).show(interaction)


class _RowMenu(ui.Select[ImportQuestion]):
    """Picks the only rows to take."""

    def __init__(
        self,
        first: int,
        rows: Sequence[tuple[int, str]],
        chosen: frozenset[tuple[int, str]] | None,
    ) -> None:
        several = len({table for table, _ in rows}) > 1
        options = [
            discord.SelectOption(
                label=(
                    f"{row or 'without a name'}"[:90] + (f" (table {table + 1})" if several else "")
                ),
                value=str(first + at),
                default=chosen is not None and (table, row) in chosen,
            )
            for at, (table, row) in enumerate(rows)
        ]
        super().__init__(
            placeholder="Take only these rows (all, unless you choose)",
            options=options,
            min_values=0,
            max_values=len(options),
        )
        self._first = first

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show what is left of the table."""
        question = self.view
        assert question is not None  # noqa: S101 - a menu that was used is in its view
        question.only(self._first, self.values)
        await question.refresh(interaction)


class MetricForm(CardForm, custom_id="claim:import:metric:{key}:{number}", title="A metric"):
    """Corrects what was read of one metric: its name, which way is better, what its spread is."""

    key: str
    number: int

    async def fill(self, interaction: discord.Interaction[Any], place: Place, typed: Typed) -> None:
        """Show what was read."""
        question = ImportQuestion.of(self.key)
        name, draft = self._metric(question)
        changed = question.corrections.metrics.get(name, MetricCorrection())
        better = changed.better or (None if changed.no_better else draft.typed.better)
        kind = changed.spread_kind or draft.typed.spread_kind
        self.ask("name", "What it is called", typed, filled=changed.name or name, required=True,
                 limit=rules.METRIC_LIMIT)  # fmt: skip
        self.put(
            _select("better", [("higher", "Higher is better"), ("lower", "Lower is better"),
                               ("neither", "Neither, or not said")], better or "neither"),
            "Which way is better",
        )  # fmt: skip
        self.put(
            _select("spread_kind", [(one.value, text[0].upper() + text[1:])
                                    for one, text in cards.SPREADS.items()], kind),
            "What the number after ± is", "Leave it where there is none",
        )  # fmt: skip

    async def received(
        self, interaction: discord.Interaction[Any], place: Place, typed: Typed
    ) -> None:
        """Take the correction into the preview."""
        question = ImportQuestion.of(self.key)
        name, _ = self._metric(question)
        better = next(iter(typed.choices("better")), "neither")
        kind = next(iter(typed.choices("spread_kind")), None)
        called = " ".join(typed.text("name").split())
        changed = MetricCorrection(
            name=called if called and called != name else None,
            better=None if better == "neither" else Better(better),
            no_better=better == "neither",
            spread_kind=SpreadKind(kind) if kind else None,
        )
        metrics = {**question.corrections.metrics, name: changed}
        question.corrections = replace(question.corrections, metrics=metrics)
        await question.refresh(interaction)

    def _metric(self, question: ImportQuestion) -> tuple[str, tables.ClaimDraft]:
        named = [one for one in cards.metrics(question.whole).items() if one[0] != tables.UNKNOWN]
        if self.number >= len(named):
            raise NotFound("That metric isn't in the table. Import it again.")
        return named[self.number]


class TableNameForm(
    CardForm, custom_id="claim:import:name:{key}", title="What the table is called"
):
    """Corrects where in the paper the claims are from."""

    key: str

    async def fill(self, interaction: discord.Interaction[Any], place: Place, typed: Typed) -> None:
        """Ask for the name of each table."""
        question = ImportQuestion.of(self.key)
        for number, table in enumerate(question.whole.tables[:5]):
            name = question.corrections.names.get(number, table.name)
            several = len(question.whole.tables) > 1
            label = f"Table {number + 1} of the paste" if several else "Where in the paper it is"
            self.ask(f"name{number}", label, typed, filled=name, placeholder="Table 2",
                     limit=rules.PLACE_LIMIT)  # fmt: skip

    async def received(
        self, interaction: discord.Interaction[Any], place: Place, typed: Typed
    ) -> None:
        """Take the names into the preview."""
        question = ImportQuestion.of(self.key)
        names = dict(question.corrections.names)
        for number in range(min(5, len(question.whole.tables))):
            names[number] = " ".join(typed.text(f"name{number}").split())
        question.corrections = replace(question.corrections, names=names)
        await question.refresh(interaction)


def _select(name: str, choices: Sequence[tuple[str, str]], chosen: str | None) -> ui.Select[Any]:
    options = [discord.SelectOption(label=label, value=value, default=value == chosen)
               for value, label in choices]  # fmt: skip
    return ui.Select(custom_id=name, options=options, min_values=0, required=False)
