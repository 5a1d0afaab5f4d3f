"""The commands around a meeting: facilitate, rotation, attended, notes, calendar."""

from __future__ import annotations

import asyncio
import io
import re

import discord
from discord import app_commands

from bot.base.errors import Conflict, InvalidInput, NotFound, Undeliverable
from bot.client import Interaction
from bot.ui import theme
from bot.ui.report import answered
from cogs.reading import calendars, cards, desk, rules
from cogs.reading.base import GROUP_HINT, MEETING_HINT, Choices, ReadingBase
from cogs.reading.reminders import destinations
from cogs.reading.views import Ask, NotesForm
from data.states import CardKind

MOST_PEOPLE = 100
"""How many people one command notes."""


class Attending(ReadingBase):
    """Leading, coming, and keeping notes."""

    @app_commands.command(description="Lead a meeting, hand it over, or give it up")
    @app_commands.describe(
        meeting=MEETING_HINT, person="Who leads it instead; without it, you take it or give it up"
    )
    @answered
    async def facilitate(
        self, interaction: Interaction, meeting: str, person: discord.User | None = None
    ) -> None:
        """Take the lead of a meeting, or let go of it."""
        place = await self.bot.places.of(interaction)
        chosen = await self.coming(place, meeting)
        title = f"**{theme.plain(chosen.title)}**"
        if person is not None:
            await self.gatherings.hand_over(place, chosen.id, person.id)
            text = f"{theme.person(person.id)} leads {title} now."
        elif chosen.facilitator_id == place.user_id:
            await self.gatherings.decline(place, chosen.id)
            text = f"You don't lead {title} any more. I ask the next in turn."
        else:
            await self.gatherings.lead(place, chosen.id)
            text = f"Thank you: you lead {title}."
        self.posting.changed([chosen])
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(description="Whose turn it is to lead, and who did how often")
    @app_commands.describe(group=GROUP_HINT)
    @answered
    async def rotation(self, interaction: Interaction, group: str | None = None) -> None:
        """Show the members in the order of their turns."""
        place = await self.bot.places.of(interaction)
        chosen = await self.bot.places.group(place, group)
        turns = await self.gatherings.rotation(place, chosen)
        await interaction.response.send_message(
            embed=desk.rotation(chosen.name, turns), ephemeral=True
        )

    @app_commands.command(description="Note who was there")
    @app_commands.describe(
        meeting=MEETING_HINT,
        people="Mention them, as in @ada @grace; without it, you",
        read="Whether they had read it",
    )
    @answered
    async def attended(
        self,
        interaction: Interaction,
        meeting: str,
        people: str | None = None,
        read: bool | None = None,
    ) -> None:
        """Note who was there, apart from what they had answered."""
        place = await self.bot.places.of(interaction)
        chosen = await self.recent(place, meeting)
        named = [place.user_id] if people is None else mentioned(people)
        noted = await self.gatherings.attended(place, chosen.id, named, had_read=read)
        self.bot.cards.refresh(CardKind.DESK, noted.id)
        who = theme.names(named)
        were = "was" if len(named) == 1 else "were"
        who = "you were" if named == [place.user_id] else f"{who} {were}"
        await interaction.response.send_message(
            f"Noted: {who} at **{theme.plain(noted.title)}**.", ephemeral=True
        )

    @app_commands.command(description="Keep a meeting's notes, its recording, and who does what")
    @app_commands.describe(
        meeting=MEETING_HINT,
        text="What was said; with nothing given, a form opens",
        link="Where the recording or a document is",
        actions="Who does what, as commitments: @ada writes it up; @ben asks for the code",
    )
    @answered
    async def notes(
        self,
        interaction: Interaction,
        meeting: str,
        text: str | None = None,
        link: str | None = None,
        actions: str | None = None,
    ) -> None:
        """Keep what is given, or open the form."""
        place = await self.bot.places.of(interaction)
        chosen = await self.recent(place, meeting)
        if text is None and link is None and actions is None:
            await NotesForm.open(interaction, meeting_id=chosen.id)
            return
        items = rules.action_items(actions, place.user_id) if actions is not None else []
        said: list[str] = []
        if text is not None or link is not None:
            await self.gatherings.write_notes(place, chosen.id, text=text, link=link)
            self.bot.cards.refresh(CardKind.DESK, chosen.id)
            said.append(f"The notes of **{theme.plain(chosen.title)}** are kept.")
        held, new = chosen, list[rules.ActionItem]()
        if items:
            held, new = await self.gatherings.commit(place, chosen.id, items)
            said.append(f"{theme.count(len(new), 'commitment')} made of it.")
        await interaction.response.send_message(" ".join(said), ephemeral=True)
        if new:
            view = await self.service.view(held.id)
            try:
                await self.bot.delivery.send(
                    f"reading/actions/{held.id}/{interaction.id}",
                    place.guild_id,
                    desk.action_items(held, new),
                    destinations(held, view.group.channel_id),
                )
            except Undeliverable as error:
                raise Conflict(
                    f"They are commitments, but I could not tell the people: {error.sentence}."
                ) from error

    @app_commands.command(description="The meetings for your own calendar: a file, or an address")
    @app_commands.describe(group=GROUP_HINT, mine="Only the meetings that you come to")
    @answered
    async def calendar(
        self, interaction: Interaction, group: str | None = None, mine: bool = False
    ) -> None:
        """Send the group's meetings as a file, or one's own where there is no group."""
        place = await self.bot.places.of(interaction)
        chosen = None if mine else await self.group_here(place, group)
        if chosen is not None:
            entries, name = await self.calendars.of_group(chosen), chosen.name
        else:
            entries = await self.calendars.of_person(place.guild_id, place.user_id)
            name = calendars.OWN
        address = await self.feeds.address(place, chosen)
        if not entries and address is None:
            raise NotFound(
                "There is nothing to put into a calendar yet. `/reading list` shows what is "
                "coming; answer a meeting, and it is yours."
            )
        written = await asyncio.to_thread(calendars.write, name, entries)
        file = discord.File(io.BytesIO(written), "cohort.ics")
        if address is None:
            await interaction.response.send_message(
                cards.calendar_file(name, len(entries)), file=file, ephemeral=True
            )
            return

        async def renew(pressed: Interaction) -> None:
            new = await self.feeds.address(place, chosen, renew=True)
            await pressed.response.edit_message(
                content=cards.calendar_feed(name, len(entries), new or "", renewed=True)
            )

        await interaction.response.send_message(
            cards.calendar_feed(name, len(entries), address),
            file=file,
            view=Ask(("New address", discord.ButtonStyle.secondary, renew)),
            ephemeral=True,
        )

    @calendar.autocomplete("group")
    async def _of_group(self, interaction: Interaction, typed: str) -> Choices:
        return await self.bot.places.group_choices(interaction, typed)

    @facilitate.autocomplete("meeting")
    async def _leadable(self, interaction: Interaction, typed: str) -> Choices:
        return await self.coming_choices(interaction, typed)

    @attended.autocomplete("meeting")
    @notes.autocomplete("meeting")
    async def _held(self, interaction: Interaction, typed: str) -> Choices:
        return await self.recent_choices(interaction, typed)

    @rotation.autocomplete("group")
    async def _rotating(self, interaction: Interaction, typed: str) -> Choices:
        return await self.bot.places.group_choices(interaction, typed)


def mentioned(text: str) -> list[int]:
    """Return the people whom a text mentions, each once.

    Raises InvalidInput for none, and for a name after an @ that was typed but not picked.
    """
    found = [int(user_id) for user_id in dict.fromkeys(re.findall(r"<@!?(\d{15,20})>", text))]
    if not found:
        raise InvalidInput("Mention the people: type @ and pick them, one after the other.")
    unknown = re.search(r"(?<!<)@[^\s,;<>@]+", text)
    if unknown is not None:
        raise InvalidInput(
            f"I can't tell who `{unknown[0][:40]}` is: type @ and pick each from the list. Nothing "
            "is noted yet."
        )
    if len(found) > MOST_PEOPLE:
        raise InvalidInput(f"That is {len(found)} people; {MOST_PEOPLE} at once are the most.")
    return found
