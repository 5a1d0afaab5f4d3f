"""The commands that note who was there and what was said."""

from __future__ import annotations

from discord import app_commands

from bot.base.errors import Conflict, Undeliverable
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.command_arguments import with_place
from bot.ui.command_groups import SubjectCog
from cogs.reading.attendance import cards, rules
from cogs.reading.attendance.rules import mentioned
from cogs.reading.attendance.service import AttendanceService
from cogs.reading.attendance.views import NotesForm, NotMineButton, TakeOnButton
from cogs.reading.command_groups import MEETING
from cogs.reading.meetings.options import (
    MEETING_HINT,
    Choices,
    MeetingPicker,
)
from cogs.reading.meetings.posting import destinations
from cogs.reading.meetings.service import MeetingService
from data.states import CardKind


class AttendanceCommands(SubjectCog, group=MEETING):
    """Notes who came, and what came of it."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.attendance = bot.service(AttendanceService)
        self.service = bot.service(MeetingService)
        self.picker = bot.service(MeetingPicker)

    @app_commands.command(description="Note who was there, and who had read it")
    @app_commands.describe(
        meeting=MEETING_HINT,
        people="Mention them, as in @ada @grace; without it, you",
        read="Mention who had read it, or say yes or no for all who were there",
        there="No if they were not there after all",
    )
    @with_place
    async def attended(
        self,
        interaction: Interaction,
        place: Place,
        meeting: str,
        people: str | None = None,
        read: str | None = None,
        there: bool = True,
    ) -> None:
        """Note who was there and who had read it, apart from what they had answered."""
        chosen = await self.picker.recent(place, meeting)
        named = [place.user_id] if people is None else mentioned(people)
        readers = rules.readers_in(read, named) if read is not None else {}
        if people is None and any(one != place.user_id for one in readers):
            named = []  # only readers were named: who was there stays as it is
        noted = await self.attendance.attended(
            place, chosen.id, named, had_read=readers, there=there
        )
        self.bot.cards.refresh(CardKind.MEETING_THREAD, noted.id)
        await replies.send(
            interaction, cards.noted(noted, place.user_id, named, readers, there=there)
        )

    @app_commands.command(description="Keep a meeting's notes, its recording, and who does what")
    @app_commands.describe(
        meeting=MEETING_HINT,
        text="What was said; with nothing given, a form opens",
        link="Where the recording or a document is",
        actions="Who does what, as commitments: @ada writes it up; @ben asks for the code",
    )
    @with_place
    async def notes(
        self,
        interaction: Interaction,
        place: Place,
        meeting: str,
        text: str | None = None,
        link: str | None = None,
        actions: str | None = None,
    ) -> None:
        """Keep what is given, or open the form."""
        chosen = await self.picker.recent(place, meeting)
        if text is None and link is None and actions is None:
            await NotesForm(chosen.id).show(interaction)
            return
        items = rules.action_items(actions, place.user_id) if actions is not None else []
        said: list[str] = []
        if text is not None or link is not None:
            await self.attendance.write_notes(place, chosen.id, text=text, link=link)
            self.bot.cards.refresh(CardKind.MEETING_THREAD, chosen.id)
            said.append(f"The notes of **{theme.escape(chosen.title)}** are kept.")
        held, new = chosen, list[rules.ActionItem]()
        if items:
            held, new = await self.attendance.commit(place, chosen.id, items)
            asked = sum(one.user_id != place.user_id for one in new)
            waits = f" {asked} of them once the people take theirs on." if asked else ""
            said.append(f"{theme.count(len(new), 'commitment')} made of it.{waits}")
        await replies.send(interaction, " ".join(said))
        if new:
            view = await self.service.view(held.id)
            try:
                await self.bot.delivery.send(
                    f"reading/actions/{held.id}/{interaction.id}",
                    place.guild_id,
                    cards.action_items(
                        held,
                        new,
                        place.user_id,
                        TakeOnButton(held.id),
                        NotMineButton(held.id),
                    ),
                    destinations(held, view.group.channel_id),
                )
            except Undeliverable as error:
                raise Conflict(
                    f"They are commitments, but I could not tell the people: {error.sentence}."
                ) from error

    @attended.autocomplete("meeting")
    @notes.autocomplete("meeting")
    async def _recent(self, interaction: Interaction, typed: str) -> Choices:
        return await self.picker.recent_choices(interaction, typed)
