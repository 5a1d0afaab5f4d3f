"""The commands that schedule meetings, change them and show them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from bot.base import when as times
from bot.base.errors import InvalidInput
from bot.base.recurrence import Cadence
from bot.client import Interaction
from bot.place import Place
from bot.ui import places, theme
from bot.ui.controls import CardButtons
from bot.ui.pages import Pages
from bot.ui.report import answered, report
from cogs.reading import cards, choices, list_files, list_views
from cogs.reading.base import GROUP_HINT, MEETING_HINT, WHEN_HINT, Choices, ReadingBase
from cogs.reading.changes import Changed, Edits
from cogs.reading.service import Plan
from cogs.reading.undoing import (
    CancelComingButton,
    GoOnButton,
    RestoreButton,
    has_ended,
    told,
)
from cogs.reading.views import Ask, EverybodyButton, Press
from data.reading.meetings import Series
from data.states import Answer

REPEATS = [
    app_commands.Choice(name="not at all", value=Cadence.NONE.value),
    app_commands.Choice(name="every week", value=Cadence.WEEKLY.value),
    app_commands.Choice(name="every two weeks", value=Cadence.FORTNIGHTLY.value),
    app_commands.Choice(name="every month, on the same weekday", value=Cadence.MONTHLY.value),
]

LATER = "later"
WHICH = [
    app_commands.Choice(name="only this one", value="this"),
    app_commands.Choice(name="this and all later ones", value=LATER),
]
WHICH_HINT = "Of a meeting that repeats: only this one, or all later ones too"


class Scheduling(ReadingBase):
    """Scheduling and changing meetings."""

    @app_commands.command(description="Schedule a meeting, with answers by reaction")
    @app_commands.describe(
        title="What it is about",
        when=WHEN_HINT,
        paper="What is read: an arXiv id, a DOI, a link or a title",
        minutes="How long it takes; without it, 60",
        where="A room, a voice channel or a link",
        facilitator="Who leads it",
        capacity="How many can come; the others wait in order",
        repeat="Whether it takes place again and again",
        group=GROUP_HINT,
        until="The last day on which it repeats",
        times="How often it takes place in all, if it repeats",
        ahead="How many days before each meeting its card is posted; 6",
    )
    @app_commands.choices(repeat=REPEATS)
    @answered
    async def schedule(
        self,
        interaction: Interaction,
        title: str,
        when: str,
        paper: str | None = None,
        minutes: app_commands.Range[int, 5, 600] = 60,
        where: str | None = None,
        facilitator: discord.User | None = None,
        capacity: app_commands.Range[int, 1, 10_000] | None = None,
        repeat: str = Cadence.NONE.value,
        group: str | None = None,
        until: str | None = None,
        times: app_commands.Range[int, 1, 200] | None = None,
        ahead: app_commands.Range[int, 1, 27] = 6,
    ) -> None:
        """Write the meeting, post its card and open its thread."""
        place = await self.bot.places.of(interaction)
        chosen = await self.bot.places.group(place, group)
        now = self.bot.clock.now()
        zone = place.zone(chosen)
        starts_at, zone = parse(when, zone, now)
        cadence = Cadence(repeat)
        if cadence is Cadence.NONE and (until is not None or times is not None):
            raise InvalidInput("Say how often it repeats, for example `repeat: every week`.")
        last = parse_day(until, zone, now) if until is not None else None
        plan = Plan(
            title=title,
            starts_at=starts_at,
            zone=zone,
            paper=paper,
            minutes=minutes,
            location=where,
            facilitator_id=facilitator.id if facilitator else None,
            capacity=capacity,
            cadence=cadence,
            until=last,
            times=times,
            days_ahead=ahead,
        )
        meeting = await self.service.schedule(place, chosen, plan)
        await self.posting.announce(interaction, meeting, chosen)

    @app_commands.command(name="import", description="Make a series from a reading list in a file")
    @app_commands.describe(
        file="CSV or YAML with unit, title, link, minutes, level, exercises",
        title="What the series is called",
        when="When the first meeting is, for example tue 19:00",
        repeat="How often it meets; without it, every week",
        minutes="How long each meeting takes; without it, 60",
        group=GROUP_HINT,
    )
    @app_commands.choices(repeat=REPEATS[1:])
    @answered
    async def import_list(
        self,
        interaction: Interaction,
        file: discord.Attachment,
        title: str,
        when: str,
        repeat: str = Cadence.WEEKLY.value,
        minutes: app_commands.Range[int, 5, 600] = 60,
        group: str | None = None,
    ) -> None:
        """Show what the file would become, and do it on one press."""
        place = await self.bot.places.of(interaction)
        chosen = await self.bot.places.group(place, group)
        now = self.bot.clock.now()
        starts_at, zone = parse(when, place.zone(chosen), now)
        if file.size > list_files.MOST_BYTES:
            raise InvalidInput(f"That file is too large: {list_files.MOST_BYTES} bytes at most.")
        await interaction.response.defer(ephemeral=True)
        preview = await self.curricula.draft(
            place,
            chosen,
            list_files.decode(await file.read()),
            title=title,
            starts_at=starts_at,
            zone=zone,
            cadence=Cadence(repeat),
            minutes=minutes,
        )
        buttons = list_views.buttons(preview)
        if preview.sheet is None:
            await report(interaction, InvalidInput(list_views.faulty(preview)), view=buttons)
            return
        await interaction.followup.send(
            embed=list_views.shown(preview.draft, preview.sheet), view=buttons, ephemeral=True
        )

    @app_commands.command(description="Move a meeting; who answered is told")
    @app_commands.describe(meeting=MEETING_HINT, when=WHEN_HINT, which=WHICH_HINT)
    @app_commands.choices(which=WHICH)
    @answered
    async def move(
        self, interaction: Interaction, meeting: str, when: str, which: str = "this"
    ) -> None:
        """Start a meeting at another time."""
        place = await self.bot.places.of(interaction)
        chosen = await self.coming(place, meeting)
        view = await self.service.view(chosen.id)
        zone = place.zone(view.group)
        starts_at, read_in = parse(when, zone, self.bot.clock.now())
        done = await self.changes.move(
            place,
            chosen.id,
            starts_at,
            later=which == LATER,
            zone=read_in if read_in != zone else None,
        )
        self.posting.changed(done.meetings)
        text = (
            f"**{theme.plain(chosen.title)}** is moved from {times.stamp(chosen.starts_at)} to "
            f"{times.stamp(starts_at)}. {told(done)}"
        )
        if which == LATER:
            series = (await self.service.view(chosen.id)).series
            text += f"\nIt goes on {series.rule.describe()}." if series else ""
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(description="Call a meeting off; who answered is told")
    @app_commands.describe(meeting=MEETING_HINT, reason="Why; shown on the card")
    @answered
    async def cancel(
        self, interaction: Interaction, meeting: str, reason: str | None = None
    ) -> None:
        """Cancel, and offer to undo it."""
        place = await self.bot.places.of(interaction)
        chosen = await self.coming(place, meeting)
        done = await self.changes.cancel(place, chosen.id, reason)
        self.posting.changed(done.meetings)

        await interaction.response.send_message(
            f"**{theme.plain(chosen.title)}** on {times.stamp(chosen.starts_at)} is cancelled. "
            f"{told(done)}{again(done)}",
            view=CardButtons(RestoreButton(chosen.id)),
            ephemeral=True,
        )

    @app_commands.command(description="Change what a meeting is about, where it is, who leads it")
    @app_commands.describe(
        meeting=MEETING_HINT,
        title="What it is about",
        paper="What is read: an arXiv id, a DOI, a link or a title; - takes it away",
        minutes="How long it takes",
        where="A room, a voice channel or a link; - takes it away",
        facilitator="Who leads it",
        capacity="How many can come; 0 lifts the limit",
        prerequisites="What it helps to know or read before; - takes it away",
        which=WHICH_HINT,
        ahead="How many days before each later meeting its card is posted",
    )
    @app_commands.choices(which=WHICH)
    @answered
    async def edit(
        self,
        interaction: Interaction,
        meeting: str,
        title: str | None = None,
        paper: str | None = None,
        minutes: app_commands.Range[int, 5, 600] | None = None,
        where: str | None = None,
        facilitator: discord.User | None = None,
        capacity: app_commands.Range[int, 0, 10_000] | None = None,
        prerequisites: str | None = None,
        which: str = "this",
        ahead: app_commands.Range[int, 1, 27] | None = None,
    ) -> None:
        """Change what is given and leave the rest."""
        place = await self.bot.places.of(interaction)
        chosen = await self.coming(place, meeting)
        edits = Edits(
            title=title,
            paper=paper,
            minutes=minutes,
            location=where,
            facilitator_id=facilitator.id if facilitator else None,
            capacity=capacity,
            prerequisites=prerequisites,
            days_ahead=ahead,
        )
        done = await self.changes.edit(place, chosen.id, edits, later=which == LATER)
        paper_id = done.meeting.paper_id
        if paper is not None and paper_id is not None:
            self.bot.library.look_up(paper_id, place.guild_id)
        self.posting.changed(done.meetings)
        others = len(done.meetings) - 1
        more = f" So {'is' if others == 1 else 'are'} {others} later." if others else ""
        posted = (
            f" From now on each card is posted {theme.count(ahead, 'day')} before its meeting."
            if ahead is not None
            else ""
        )
        await interaction.response.send_message(
            f"**{theme.plain(done.meeting.title)}** is changed.{more}{posted} {told(done)}",
            ephemeral=True,
        )

    @app_commands.command(description="End a series of meetings")
    @app_commands.describe(series="Which series")
    @answered
    async def end(self, interaction: Interaction, series: str) -> None:
        """End it, and ask what becomes of the meetings that have a card already."""
        place = await self.bot.places.of(interaction)
        chosen = await self._one_series(place, series)
        coming = await self.changes.end(place, chosen.id)
        self.posting.changed(coming)
        said, view = has_ended(chosen), CardButtons(GoOnButton(chosen.id))
        if coming:
            dates = ", ".join(times.stamp(one.starts_at, "D") for one in coming)
            said += f" These have a card already, and take place: {dates}."
            view = CardButtons(CancelComingButton(chosen.id), GoOnButton(chosen.id))
        await interaction.response.send_message(said, view=view, ephemeral=True)

    @app_commands.command(description="Leave out one day of a series; the others stay")
    @app_commands.describe(
        series="Which series", day="For example 24 dec", reason="Why; kept with it"
    )
    @answered
    async def skip(
        self, interaction: Interaction, series: str, day: str, reason: str | None = None
    ) -> None:
        """Leave it out, and offer to undo it."""
        place = await self.bot.places.of(interaction)
        chosen = await self._one_series(place, series)
        left_out = parse_day(day, ZoneInfo(chosen.timezone), self.bot.clock.now())
        skipped = await self.changes.skip(place, chosen.id, left_out, reason)
        meeting = skipped.meeting
        title = f"**{theme.plain(meeting.title)}**"

        await interaction.response.send_message(
            f"{title} is left out on {times.stamp(meeting.starts_at)}. The others stay."
            f"{again(skipped)}",
            view=CardButtons(RestoreButton(meeting.id)),
            ephemeral=True,
        )

    @app_commands.command(description="What is coming, with your answers")
    @app_commands.describe(group="Which group; without it, this channel's, else all of them")
    @answered
    async def list(self, interaction: Interaction, group: str | None = None) -> None:
        """Show the coming meetings, the soonest first."""
        place = await self.bot.places.of(interaction)
        chosen = await self.group_here(place, group)
        group_id = chosen.id if chosen else None
        coming = await self.service.coming(place.guild_id, group_id)
        coming = await self.bot.places.seen(place, coming)
        later = await self.service.later(place.guild_id, group_id)
        series = await self.bot.places.seen(place, [one for one, _ in later])
        later = [one for one in later if one[0] in series]
        if not coming and not later:
            where = f"in {theme.plain(chosen.name)} " if chosen else ""
            await interaction.response.send_message(
                f"Nothing is planned {where}yet. `/reading schedule` sets a meeting.",
                ephemeral=True,
            )
            return
        entries = await self.service.listed(place, coming)
        await Pages.show(interaction, cards.listed(entries, later))

    @app_commands.command(description="Show a meeting, and answer it")
    @app_commands.describe(meeting=MEETING_HINT)
    @answered
    async def show(self, interaction: Interaction, meeting: str) -> None:
        """Show the card, to the person who asked."""
        place = await self.bot.places.of(interaction)
        chosen = choices.named(meeting, await self.shown(place))
        (entry,) = await self.service.listed(place, [chosen])
        view = await self.service.view(chosen.id)
        content = cards.meeting(view, EverybodyButton(chosen.id))
        (embed,) = content.embeds
        where = f" · [the card]({entry.card.url})" if entry.card else ""
        said = cards.own_answer(entry)
        embed.description = f"{embed.description}\n{said[0].upper()}{said[1:]}{where}"
        embed.remove_footer()
        if not chosen.is_open(self.bot.clock.now()):
            await interaction.response.send_message(**content.for_sending(), ephemeral=True)
            return

        def press(answer: Answer) -> Press:
            async def answer_it(pressed: Interaction) -> None:
                done = await self.service.answer(place.guild_id, chosen.id, place.user_id, answer)
                await pressed.response.send_message(
                    f"{cards.EMOJI[answer]} Noted for **{theme.plain(chosen.title)}**.",
                    ephemeral=True,
                )
                await self.reactions.answered_otherwise(done)

            return answer_it

        async def everybody(pressed: Interaction) -> None:
            await Pages.show(pressed, cards.everybody(view))

        ask = Ask(
            ("Going", discord.ButtonStyle.success, press(Answer.GOING)),
            ("Maybe", discord.ButtonStyle.secondary, press(Answer.MAYBE)),
            ("Not going", discord.ButtonStyle.secondary, press(Answer.NOT_GOING)),
        )
        if content.view is not None:
            ask.add("Everybody", discord.ButtonStyle.secondary, everybody)
        await interaction.response.send_message(embed=embed, view=ask, ephemeral=True)

    @schedule.autocomplete("group")
    @import_list.autocomplete("group")
    @list.autocomplete("group")
    async def _groups(self, interaction: Interaction, typed: str) -> Choices:
        return await self.bot.places.group_choices(interaction, typed)

    @move.autocomplete("meeting")
    @cancel.autocomplete("meeting")
    @edit.autocomplete("meeting")
    async def _coming(self, interaction: Interaction, typed: str) -> Choices:
        return await self.coming_choices(interaction, typed)

    @show.autocomplete("meeting")
    async def _shown(self, interaction: Interaction, typed: str) -> Choices:
        place = await self.bot.places.of(interaction)
        return places.choices(typed, choices.titled(await self.shown(place)))

    @end.autocomplete("series")
    @skip.autocomplete("series")
    async def _series(self, interaction: Interaction, typed: str) -> Choices:
        place = await self.bot.places.of(interaction)
        found = await self.known(place, await self.service.series(place.guild_id))
        return places.choices(typed, choices.series_titled(found))

    async def _one_series(self, place: Place, given: str) -> Series:
        found = await self.known(place, await self.service.series(place.guild_id))
        return choices.series_named(given, found)


def again(done: Changed) -> str:
    """Say when what was to be read comes up instead."""
    if done.programmes:
        return (
            "\nThe programme goes on a week later: what was to be read comes up at its next "
            "meeting, and what follows, and is due, moves on by a week."
        )
    return "".join(
        f"\nIts unit, “{theme.one_line(unit.title, 100)}”, comes up again on {times.stamp(at)}; "
        "what follows it moves on by a meeting."
        for unit, at in done.again
    )


def parse(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, ZoneInfo]:
    """Return the instant that was typed, and the zone it was read in."""
    return times.parse(text, zone=zone, now=now), times.zone_in(text, zone)


def parse_day(text: str, zone: ZoneInfo, now: datetime) -> date:
    """Return the local day that was typed."""
    return times.parse(text, zone=zone, now=now, end_of_day=True).astimezone(zone).date()
