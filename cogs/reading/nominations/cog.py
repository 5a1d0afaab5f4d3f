"""The commands that choose what to read: nominate, shortlist, pick, history."""

from __future__ import annotations

from collections.abc import Sequence

from discord import app_commands

from bot.base import when as times
from bot.base.choices import Offered
from bot.base.errors import NotFound
from bot.client import CohortBot, Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.command_arguments import GROUP_HINT, with_group, with_place
from bot.ui.command_groups import SubjectCog
from bot.ui.options import offer
from bot.ui.pages import Pages
from cogs.reading.command_groups import READING
from cogs.reading.lists import cards as list_cards
from cogs.reading.lists.options import offered_lists
from cogs.reading.lists.service import ListService
from cogs.reading.meetings import cards as meeting_cards
from cogs.reading.meetings.options import (
    MEETING_HINT,
    Choices,
    MeetingPicker,
    OptionalGroup,
)
from cogs.reading.meetings.posting import Posting
from cogs.reading.nominations import cards
from cogs.reading.nominations.service import Nominated, NominationService
from data.server.groups import Group
from data.states import CardKind


class NominationCommands(SubjectCog, group=READING):
    """Chooses what is read next, and shows what was read."""

    def __init__(self, bot: CohortBot) -> None:
        super().__init__(bot)
        self.nominations = bot.service(NominationService)
        self.lists = bot.service(ListService)
        self.posting = bot.service(Posting)
        self.picker = bot.service(MeetingPicker)

    @app_commands.command(description="Nominate something to read; others vote with 👍")
    @app_commands.describe(
        paper="An arXiv id, a DOI, an OpenReview page, any link, or a title",
        note="Why it is worth reading",
    )
    @with_group()
    async def nominate(
        self,
        interaction: Interaction,
        place: Place,
        group: Group,
        paper: str,
        note: str | None = None,
    ) -> None:
        """Post a card to vote on, or join the nomination that there is."""
        nominated, new = await self.nominations.nominate(place, group, paper, note)
        nomination_id = nominated.nomination.id
        card = await self.bot.store.fetch(
            lambda tx: tx.cards.get(CardKind.NOMINATION, nomination_id)
        )
        if new or card is None:
            self.bot.library.look_up(nominated.paper.id, place.guild_id)
            await self.bot.cards.answer(
                interaction, CardKind.NOMINATION, nomination_id, group.channel_id
            )
            return
        self.bot.cards.refresh(CardKind.NOMINATION, nomination_id)
        await replies.send(
            interaction, f"That is nominated already, and you are for it, too: {card.url}"
        )

    @app_commands.command(description="What the group could read next, the most wanted first")
    @with_group()
    async def shortlist(self, interaction: Interaction, place: Place, group: Group) -> None:
        """Show the nominations by votes."""
        ranked = await self.nominations.shortlist(place, group)
        if not ranked:
            raise NotFound(
                f"Nothing is nominated in {theme.escape(group.name)} yet. `/reading nominate` "
                "adds something."
            )
        await replies.send(interaction, embed=cards.shortlist(group.name, ranked))

    @app_commands.command(description="What the group has read, the latest first")
    @app_commands.describe(
        search="Words of a title or an author",
        group=GROUP_HINT,
        reading_list="A reading list: how far the group is with it",
    )
    @app_commands.rename(reading_list="list")
    @with_place
    async def history(
        self,
        interaction: Interaction,
        place: Place,
        search: str | None = None,
        group: OptionalGroup = None,
        reading_list: str | None = None,
    ) -> None:
        """Show what was read, filtered by words if given; or how far the group is with a list."""
        if reading_list is not None:
            offered = await self.lists.lists(
                place.guild_id, await self.picker.group_here(place, group) if group else None
            )
            offered = await self.bot.places.seen(place, offered)
            found = await self.lists.progress(offered_lists(offered).named(reading_list))
            await Pages.show(interaction, list_cards.progress(found))
            return
        chosen = await self.bot.places.group(place, group)
        read = await self.nominations.history(chosen, search)
        if not read:
            about = f" about “{theme.one_line(search, 60)}”" if search else ""
            raise NotFound(f"{theme.escape(chosen.name)} has read nothing{about} yet.")
        await Pages.show(interaction, cards.history(chosen.name, read))

    @app_commands.command(description="Take a nomination for the next meeting")
    @app_commands.describe(
        nomination="Which one; without it, the most wanted",
        meeting=MEETING_HINT + "; without it, the next one that reads nothing yet",
    )
    @with_group()
    async def pick(
        self,
        interaction: Interaction,
        place: Place,
        group: Group,
        nomination: str | None = None,
        meeting: str | None = None,
    ) -> None:
        """Make a nomination the reading of a meeting."""
        nomination_id = None
        if nomination is not None:
            offered = await self.nominations.shortlist(place, group)
            nomination_id = _offered(offered).named(nomination).nomination.id
        meeting_id = (await self.picker.coming(place, meeting)).id if meeting is not None else None
        picked, held = await self.nominations.pick(place, group, nomination_id, meeting_id)
        self.bot.cards.refresh(CardKind.NOMINATION, picked.nomination.id)
        self.posting.changed([held])
        await replies.send(
            interaction,
            f"{theme.PAPER} {theme.person(place.user_id)} picked "
            f"{meeting_cards.paper_line(picked.paper)} for **{theme.escape(held.title)}**, "
            f"{times.stamp(held.starts_at)}.",
            public=True,
        )

    @history.autocomplete("reading_list")
    async def _lists(self, interaction: Interaction, typed: str) -> Choices:
        place = await self.bot.places.of(interaction)
        found = await self.bot.places.seen(place, await self.lists.lists(place.guild_id))
        return offer(typed, offered_lists(found))

    @pick.autocomplete("nomination")
    async def _nominated(self, interaction: Interaction, typed: str) -> Choices:
        place = await self.bot.places.of(interaction)
        found = await self.nominations.open(place.guild_id)
        seen = await self.bot.places.seen(place, [one.nomination for one in found])
        ranked = sorted(
            (one for one in found if one.nomination in seen), key=lambda one: -len(one.voters)
        )
        return offer(typed, _offered(ranked))

    @pick.autocomplete("meeting")
    async def _coming(self, interaction: Interaction, typed: str) -> Choices:
        return await self.picker.coming_choices(interaction, typed)


def _offered(nominated: Sequence[Nominated]) -> Offered[Nominated]:
    """Return nominations to choose from by their papers' titles, the most wanted first."""
    return Offered(
        nominated,
        "nomination",
        title=lambda one: one.paper.title,
        key=lambda one: one.nomination.id,
        hint="Pick one from the list that opens while you type, or use `/reading nominate`.",
    )
