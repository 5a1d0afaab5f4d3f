"""What falls due for programmes: units that end, gates with people before them, work to hand in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.base.errors import NotFound, Undeliverable
from bot.client import CohortBot
from bot.jobs.delivery import Content, to_channel
from bot.jobs.scheduler import Lateness
from bot.ui.direct_messages import note_to, tell
from cogs.programmes.programme.service import ProgrammeService
from cogs.programmes.programme.writes import ProgrammeView
from cogs.programmes.progress.service import ProgressService
from cogs.programmes.stages import cards as stages_cards
from cogs.programmes.stages.service import StageService
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind
from data.people.profiles import Profile
from data.states import CardKind, Nudges


class StageHandlers:
    """Delivers what falls due for programmes."""

    def __init__(self, bot: CohortBot) -> None:
        self.bot = bot
        self.service = bot.service(ProgrammeService)
        self.stages = bot.service(StageService)
        self.progresses = bot.service(ProgressService)
        bot.deadlines.on(DeadlineKind.PROGRAMME_TURN, self.turn)
        bot.deadlines.on(DeadlineKind.PROGRAMME_GATE, self.gate)
        bot.deadlines.on(DeadlineKind.PROGRAMME_DUE, self.due, lateness=Lateness.EXPIRE)
        bot.deadlines.on(DeadlineKind.PROGRAMME_DUE_ONE, self.remind, lateness=Lateness.EXPIRE)
        bot.deadlines.on(DeadlineKind.PROGRAMME_OPENED, self.opened)
        bot.deadlines.on(DeadlineKind.PROGRAMME_CALLED_OFF, self.called_off)

    async def turn(self, deadline: Deadline, late: timedelta) -> None:
        """Go on to the next unit."""
        await self.stages.turned(deadline.subject_id, deadline.occurrence)
        self.bot.cards.refresh(CardKind.PROGRAMME, deadline.subject_id)

    async def called_off(self, deadline: Deadline, late: timedelta) -> None:
        """Go on a week later after a meeting was called off, or as planned after all."""
        await self.service.called_off(deadline.subject_id, deadline.occurrence)
        self.bot.cards.refresh(CardKind.PROGRAMME, deadline.subject_id)

    async def gate(self, deadline: Deadline, late: timedelta) -> None:
        """Tell the facilitator who waits at a gate, in private; in the channel without names."""
        programme, gate = await self.stages.waiting(deadline.subject_id, deadline.occurrence)
        whole = await self.service.course(programme.id)
        self.bot.cards.refresh(CardKind.PROGRAMME, programme.id)
        user_id = programme.facilitator_id or programme.created_by
        key = f"{deadline.key}/{int(deadline.due_at.timestamp())}"
        text = stages_cards.waiting(programme, gate, names=True)
        profile = await self.bot.store.fetch(
            lambda tx: tx.profiles.get(programme.guild_id, user_id)
        )
        # Names only in private. Whoever wants no direct messages hears in the channel that somebody
        # waits.
        if user_id and profile.nudges is not Nudges.THREAD:
            try:
                content = note_to(user_id, text, *await self._links(programme.id))
                await tell(self.bot, key, profile, content, [])
            except Undeliverable:
                pass
            else:
                return
        text = stages_cards.waiting(programme, gate, names=False)
        content = note_to(user_id, text) if user_id else Content(text=text)
        await self.bot.delivery.send(
            f"{key}/channel", programme.guild_id, content, [to_channel(whole.group.channel_id)]
        )

    async def due(self, deadline: Deadline, late: timedelta) -> None:
        """Remind everybody who has not handed in."""
        await self.stages.plan_reminders(deadline.subject_id, deadline.occurrence, deadline.due_at)

    async def remind(self, deadline: Deadline, late: timedelta) -> None:
        """Remind one person."""
        found = await self.stages.reminder(
            deadline.subject_id, deadline.occurrence, deadline.offset
        )
        text = stages_cards.reminder(
            found.course, found.stage, found.due_at, late=late > timedelta()
        )
        content = note_to(
            found.profile.user_id, text, *await self._links(found.course.programme.id)
        )
        key = f"{deadline.key}/{int(deadline.due_at.timestamp())}"
        to = await self._places(found.course, found.profile.user_id)
        if found.profile.nudges is Nudges.THREAD and to:
            places = [to_channel(one) for one in to]
            await self.bot.delivery.send(key, found.profile.guild_id, content, places)
        else:
            await self._tell(key, found.profile, content, to)

    async def opened(self, deadline: Deadline, late: timedelta) -> None:
        """Tell one person that a stage is open to them."""
        whole, profile = await self.stages.opened(
            deadline.subject_id, deadline.occurrence, deadline.offset
        )
        text = stages_cards.opened(whole, whole.stage(deadline.offset))
        content = note_to(profile.user_id, text, *await self._links(whole.programme.id))
        key = f"{deadline.key}/{int(deadline.due_at.timestamp())}"
        await self._tell(key, profile, content, await self._places(whole, profile.user_id))

    async def _tell(
        self, key: str, profile: Profile, content: Content, otherwise: Sequence[int]
    ) -> None:
        try:
            await tell(self.bot, key, profile, content, otherwise)
        except Undeliverable as error:
            if otherwise:
                raise
            raise NotFound("They keep it to themselves, and take no direct message.") from error

    async def _places(self, whole: ProgrammeView, user_id: int) -> list[int]:
        """Return where to tell somebody who takes no direct messages.

        Nowhere if they hide their progress: the message would say how far they are.
        """
        named, _ = await self.progresses.named(whole)
        return [whole.group.channel_id] if user_id in named else []

    async def _links(self, programme_id: int) -> list[tuple[str, str]]:
        card = await self.bot.store.fetch(lambda tx: tx.cards.get(CardKind.PROGRAMME, programme_id))
        return [("Open the programme", card.url)] if card is not None else []
