"""The form of a check-in, and the buttons of prompts, digests and cards."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal

import discord
from discord import ui
from msgspec.structs import replace

from bot import events
from bot.base import when
from bot.base.choices import reference
from bot.base.errors import Conflict, InvalidInput, Undeliverable
from bot.base.recurrence import Cadence
from bot.client import CohortBot, Interaction
from bot.jobs.delivery import Content, to_channel
from bot.place import Place, only_organisers
from bot.ui import replies, theme
from bot.ui.confirmation import Ask, confirm
from bot.ui.controls import CardButton, CardButtons, Face, OwnView
from bot.ui.corrections import run_command
from bot.ui.form import LABEL_LIMIT, CardForm, Typed
from bot.ui.pages import Pages
from bot.ui.report import report, reports_errors
from bot.ui.threads import open_on_card
from cogs.checkins.commitments.writes import CommitmentView
from cogs.checkins.rounds import cards, rules
from cogs.checkins.rounds.pod_lines import share
from cogs.checkins.rounds.rules import ANSWER_LIMIT, QUESTION_LIMIT, Answers
from cogs.checkins.rounds.service import CheckinService, CheckinView, NotMember, Posted, Ticks
from cogs.checkins.task_links.views import offer
from cogs.checkins.witnesses.posting import ask_witness
from data.checkins.commitments import Commitment
from data.checkins.rounds import Checkin, CheckinId, Round, RoundId
from data.server.groups import Group, GroupId
from data.states import CardKind, CommitmentState

FIELDS = ("did", "next", "blocked", "extra")
TICKS = ("kept", "missed", "ticks")
QUESTIONS = (
    ("First: what was done", "Shown first, also in the digest."),
    ("Second: what comes next", "Each line of an answer becomes a commitment. Blank: not asked."),
    ("Third: what is in the way", "Answers are shown in the digest, so that others can help."),
    ("Fourth: anything else", "Left blank, it is not asked."),
)
HINTS = {"next": "Each line becomes a commitment that you can tick off next time."}


class CheckinForm(CardForm, custom_id="checkin:form:{group_id}:{round_id}"):
    """A group's questions, and the open commitments to tick.

    ``round_id`` is 0 for the round that is open now, or for none where the group has no rounds.
    """

    group_id: GroupId
    round_id: RoundId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask the questions, with what was posted in this round before."""
        service = interaction.client.service(CheckinService)
        group = await service.group(place.guild_id, self.group_id)
        draft = await service.draft(place, group, self.round_id or None)
        # A form that stays open past the end of its round is still about that round.
        self.round_id = draft.round.id if draft.round else RoundId(0)
        self.title = f"Check in, round {draft.round.number}" if draft.round else "Check in"
        _ask(self, draft.questions, draft.before, typed)
        self.offer(draft.ticks[: rules.TICK_LIMIT], typed)

    def offer(self, commitments: list[Commitment], typed: Typed) -> None:
        """Add the commitments to tick: in two lists, or in one where four questions leave less."""
        if not commitments:
            return
        kept = {one.id for one in commitments if one.state is CommitmentState.KEPT}
        missed = {one.id for one in commitments if one.state is CommitmentState.NOT_KEPT}
        if any(name in typed for name in TICKS):
            kept, missed = _ticked(typed)
        # Discord takes five fields in a form: four questions leave room for one list, which then
        # has each commitment twice.
        if len(self.children) > 3:
            options = [
                discord.SelectOption(
                    label=theme.clip(f"{word}: {one.text}", theme.CHOICE_LIMIT),
                    value=f"{value}:{one.id}",
                    default=one.id in ticked,
                )
                for one in commitments
                for word, value, ticked in (("Kept", "kept", kept), ("Not kept", "missed", missed))
            ]
            self.put(
                ui.Select(
                    custom_id="ticks",
                    options=options,
                    min_values=0,
                    max_values=len(options),
                    required=False,
                ),
                "What became of your commitments?",
                "What you leave out is carried over.",
            )
            return
        for name, ticked, label, hint in (
            ("kept", kept, "Which of these did you keep?", "What you leave open is carried over."),
            ("missed", missed, "Which will you let go?", "Not kept: no harm done, it is honest."),
        ):
            boxes = [
                discord.CheckboxGroupOption(
                    label=theme.clip(one.text, theme.CHOICE_LIMIT),
                    value=f"{name}:{one.id}",
                    default=one.id in ticked,
                )
                for one in commitments
            ]
            self.put(
                ui.CheckboxGroup(custom_id=name, options=boxes, required=False, min_values=0),
                label,
                hint,
            )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Log what was typed and ticked."""
        service = interaction.client.service(CheckinService)
        group = await service.group(place.guild_id, self.group_id)
        answers = Answers(*(typed.text(name) for name in FIELDS))
        posted = await service.post(
            place, group, answers, round_id=self.round_id or None, ticks=_ticks(typed)
        )
        await show(interaction, posted)


class EditForm(CardForm, custom_id="checkin:edit:{checkin_id}", title="Edit your check-in"):
    """A check-in that was posted, to be changed."""

    checkin_id: CheckinId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask the same questions, with what was posted."""
        service = interaction.client.service(CheckinService)
        checkin = await service.get(place.guild_id, self.checkin_id)
        _ask(self, checkin.questions, checkin, typed)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Change it."""
        answers = Answers(*(typed.text(name) for name in FIELDS))
        service = interaction.client.service(CheckinService)
        await show(interaction, await service.edit(place, self.checkin_id, answers))


class QuestionsForm(CardForm, custom_id="checkin:questions:{group_id}"):
    """What a group asks in each round."""

    group_id: GroupId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Show the present questions."""
        service = interaction.client.service(CheckinService)
        group = await service.group(place.guild_id, self.group_id)
        self.title = f"Questions of {group.name}"
        asked = await service.questions(group)
        for name, question, (label, hint) in zip(FIELDS, asked, QUESTIONS, strict=True):
            self.ask(name, label, typed, filled=question, hint=hint, limit=QUESTION_LIMIT)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Keep the questions."""
        service = interaction.client.service(CheckinService)
        group = await service.group(place.guild_id, self.group_id)
        standing = await service.ask(place, group, [typed.text(name) for name in FIELDS])
        await replies.send(
            interaction, embed=cards.questions(group, await service.questions(group), standing)
        )


def _ask(form: CardForm, questions: Sequence[str], before: Checkin | None, typed: Typed) -> None:
    """Add a field for each question, with what was answered before."""
    filled = (before.did, before.next, before.blocked, before.extra) if before else ("",) * 4
    first = True
    for name, question, text in zip(FIELDS, questions, filled, strict=True):
        if not question:
            continue
        short = theme.clip(question, LABEL_LIMIT)
        form.ask(
            name,
            short,
            typed,
            filled=text,
            # A question that was cut for the label stands whole below it.
            hint=HINTS.get(name) if short == question else question,
            long=True,
            required=first,
            limit=ANSWER_LIMIT,
        )
        first = False


def _ticks(typed: Typed) -> Ticks | None:
    """Return what was ticked; None where nothing could be."""
    if not any(name in typed for name in TICKS):
        return None
    kept, not_kept = _ticked(typed)
    if kept & not_kept:
        raise InvalidInput("One of your commitments is ticked as both kept and not kept: tick one.")
    return Ticks(frozenset(kept), frozenset(not_kept))


def _ticked(typed: Typed) -> tuple[set[int], set[int]]:
    """Return the ids ticked as kept and those ticked as not kept."""
    kept: set[int] = set()
    not_kept: set[int] = set()
    for name in TICKS:
        for choice in typed.choices(name):
            kind, _, number = choice.partition(":")
            # A submission can be made up: what is not an id of ours is not a tick.
            if number.isdecimal() and len(number) <= 18:
                (kept if kind == "kept" else not_kept).add(int(number))
    return kept, not_kept


class CheckInButton(
    CardButton,
    custom_id="checkin:open:{round_id}",
    style=discord.ButtonStyle.primary,
    emoji=theme.CHECK_IN,
):
    """Opens the form of a round."""

    round_id: RoundId
    label: str = "Check in"

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the form."""
        service = interaction.client.service(CheckinService)
        group = await service.group_of_round(place.guild_id, self.round_id)
        await open_form(interaction, group, round_id=self.round_id)


class StatusButton(CardButton, custom_id="checkin:status:{round_id}", label="Who has?"):
    """Shows where the group's round stands."""

    round_id: RoundId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it, to the person who asked."""
        service = interaction.client.service(CheckinService)
        group = await service.group_of_round(place.guild_id, self.round_id)
        await Pages.show(interaction, cards.standing(await service.status(group)))


class ReadButton(CardButton, custom_id="checkin:read:{checkin_id}", label="Read it all"):
    """Shows the whole of a check-in whose card has no room for it."""

    checkin_id: CheckinId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it, to the person who asked."""
        service = interaction.client.service(CheckinService)
        one = await service.get(place.guild_id, self.checkin_id)
        await Pages.show(interaction, cards.whole(one))


class HelpButton(CardButton, custom_id="checkin:help:{checkin_id}", label="I can help", emoji="🤝"):
    """Opens a thread for somebody who is stuck and somebody who can help."""

    checkin_id: CheckinId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open the thread on the check-in, and bring the two together there."""
        bot = interaction.client
        service = bot.service(CheckinService)
        one = await service.get(place.guild_id, self.checkin_id)
        helper = interaction.user.id
        if one.user_id == helper:
            raise Conflict("That is your own: somebody else will come.")
        await service.check_member(one.group_id, helper)
        await interaction.response.defer(ephemeral=True, thinking=True)
        card = await service.card(one)
        group = await service.group(place.guild_id, one.group_id)
        to = [to_channel(group.channel_id)]
        if card is not None and await open_on_card(bot, card, f"Help: {one.blocked}"):
            # A thread that is opened on a message has the message's id.
            to.insert(0, to_channel(card.message_id))
        content = Content(
            text=(
                f"{theme.person(helper)} can help {theme.person(one.user_id)} with: "
                f"{theme.one_line(one.blocked, 900)}"  # each character may need a backslash
            ),
            mentions=discord.AllowedMentions(
                users=[discord.Object(helper), discord.Object(one.user_id)]
            ),
        )
        # By helper, so that a second press finds the first message, and another helper gets their
        # own.
        key = f"checkin/{one.id}/help/{helper}"
        try:
            sent = await bot.delivery.send(key, group.guild_id, content, to)
        except Undeliverable as error:
            raise Conflict(f"I could not bring you together: {error.sentence}.") from error
        await replies.send(interaction, f"Thank you! Go on here: {sent.jump_url}")


class RestoreButton(CardButton, custom_id="checkin:restore:{checkin_id}", label="Undo"):
    """Brings a deleted check-in back."""

    checkin_id: CheckinId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Bring it back, as a card at the end of the channel."""
        bot = interaction.client
        posted = await bot.service(CheckinService).restore(place, self.checkin_id)
        await show(interaction, posted)


class CheckInNowButton(
    CardButton, custom_id="checkin:now:{group_id}", label="Check in", emoji=theme.CHECK_IN
):
    """Opens the form for a group's present round; group cards and help show it."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        service = interaction.client.service(CheckinService)
        await open_form(interaction, await service.group(place.guild_id, self.group_id))


class LookBackButton(CardButton, custom_id="checkin:look:{what}:{group_id}"):
    """Shows the person who presses it their own check-ins, or how they are doing."""

    what: Literal["history", "stats"]
    group_id: GroupId

    def face(self) -> Face:
        """Return its label."""
        label = "My check-ins" if self.what == "history" else "How it goes"
        return replace(super().face(), label=label)

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Show it, as the command does."""
        given = {"group": reference(self.group_id)}
        await run_command(interaction, f"checkin {self.what}", given)


class AskButton(CardButton, custom_id="checkin:ask:{group_id}", label="Questions"):
    """Opens the form with a group's questions."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it, for organisers."""
        only_organisers(place, "change the questions")
        await QuestionsForm(self.group_id).show(interaction)


class PlanRoundsButton(
    CardButton,
    custom_id="checkin:plan:{group_id}",
    label="Schedule check-ins",
    style=discord.ButtonStyle.primary,
):
    """Opens the form in which organisers say when check-ins are due."""

    group_id: GroupId

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        only_organisers(place, "set a schedule")
        await ScheduleForm(self.group_id).show(interaction)


class ScheduleForm(CardForm, custom_id="checkin:rhythm:{group_id}", title="When check-ins are due"):
    """How often, on which day, and at what time rounds are due."""

    group_id: GroupId

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask, with what is so now, else with what suits most groups."""
        service = interaction.client.service(CheckinService)
        await service.group(place.guild_id, self.group_id)  # or it says that there is none
        schedule = await service.schedule_of(self.group_id)
        cadence = schedule.cadence.value if schedule else Cadence.WEEKLY.value
        day = when.WEEKDAYS[schedule.anchor.weekday() if schedule else 6].lower()
        self._menu("cadence", "How often", CADENCES, typed, cadence)
        self._menu("day", "On which day", [(one, one.lower()) for one in when.WEEKDAYS], typed, day)
        self.ask("time", "At what time", typed, required=True, limit=20, placeholder="18:00",
                 filled=f"{schedule.at:%H:%M}" if schedule else "18:00")  # fmt: skip
        self.ask("timezone", "In which time zone", typed, limit=60,
                 filled=schedule.timezone if schedule else "",
                 hint="A city will do; empty is the group's own")  # fmt: skip

    def _menu(
        self,
        name: str,
        label: str,
        pairs: Sequence[tuple[str, str]],
        typed: Typed,
        usual: str,
    ) -> None:
        chosen = typed.choices(name) or (usual,)
        options = [
            discord.SelectOption(label=shown, value=value, default=value in chosen)
            for shown, value in pairs
        ]
        self.put(ui.Select(custom_id=name, options=options), label)

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Set it, as the command does."""
        bot = interaction.client
        service = bot.service(CheckinService)
        group = await service.group(place.guild_id, self.group_id)
        done = await service.schedule(
            place,
            group,
            cadence=next(
                (one for one in Cadence if one.value in typed.choices("cadence")), Cadence.WEEKLY
            ),
            day=(typed.choices("day") or ("sunday",))[0],
            time=typed.text("time"),
            timezone=typed.text("timezone") or None,
        )
        # The ids alone lead to meetings and to the set-up, which other features have.
        following = [
            ui.Button[Any](
                label="Plan a meeting",
                custom_id=f"meeting:plan:{group.id}",
                style=discord.ButtonStyle.primary,
            )
        ]
        if place.manager:
            following.append(ui.Button(label="Go on with the set-up", custom_id="setup:open"))
        await replies.send(interaction, embed=cards.scheduled(done), view=CardButtons(*following))
        bot.cards.refresh(CardKind.ROUND, done.round.id)
        events.group_changed(bot, group.id)


CADENCES = (("weekly", "weekly"), ("fortnightly", "fortnightly"), ("every four weeks", "monthly"))

BUTTONS = (
    CheckInButton,
    CheckInNowButton,
    LookBackButton,
    AskButton,
    PlanRoundsButton,
    StatusButton,
    ReadButton,
    HelpButton,
    RestoreButton,
)


def confirm_delete(checkin_id: CheckinId) -> Ask:
    """Return the question before a check-in is deleted."""

    async def delete(pressed: Interaction, place: Place) -> None:
        bot = pressed.client
        deleted = await bot.service(CheckinService).delete(place, checkin_id)
        await replies.edit(
            pressed,
            "Your check-in is deleted. What it committed you to is taken back as well.",
            view=CardButtons(RestoreButton(checkin_id)),
        )
        for card in deleted.cards:
            message = bot.delivery.message(card.channel_id, card.message_id, card.guild_id)
            with suppress(discord.Forbidden, discord.NotFound):
                await message.delete()
        refresh_round(bot, deleted.round)

    return confirm("Delete it", delete, kept="It stays.")


class JoinAndCheckIn(OwnView):
    """Offers a non-member to join, and goes on with what they wrote."""

    def __init__(
        self, group: Group, answers: Answers, round_id: RoundId | None, source_url: str | None
    ) -> None:
        super().__init__()
        self._source_url = source_url
        self._group = group
        self._answers = answers
        self._round_id = round_id
        name = theme.clip(group.name, 40)
        self.join.label = f"Join {name} and check in"

    @ui.button(label="Join and check in", style=discord.ButtonStyle.success)
    @reports_errors
    async def join(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Join, then log what was written, or ask for it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(CheckinService)
        if self._answers.did.strip():
            posted = await service.post(
                place, self._group, self._answers, joining=True, source_url=self._source_url
            )
            await show(interaction, posted)
            return
        await service.join(place, self._group)
        events.group_changed(bot, self._group.id)
        await open_form(interaction, self._group, self._answers, round_id=self._round_id)


async def open_form(
    interaction: Interaction,
    group: Group,
    answers: Answers | None = None,
    *,
    round_id: RoundId | None = None,
) -> None:
    """Open the form with what was typed so far; a non-member is offered to join."""
    answers = answers or Answers()
    given = {name: getattr(answers, name) for name in FIELDS if getattr(answers, name)}
    try:
        await CheckinForm(group.id, round_id or RoundId(0)).show(interaction, Typed(given))
    except NotMember as error:
        await offer_to_join(interaction, error, answers, round_id=round_id)


async def offer_to_join(
    interaction: Interaction,
    error: NotMember,
    answers: Answers,
    *,
    round_id: RoundId | None = None,
    source_url: str | None = None,
) -> None:
    """Refuse a non-member's check-in, giving back their text and a way to go on."""
    view = JoinAndCheckIn(error.group, answers, round_id, source_url)
    await report(interaction, error, view=view, typed=answers.quoted())


async def show(interaction: Interaction, posted: Posted) -> None:
    """Answer with the check-in's card, and bring the cards that count it up to date."""
    bot = interaction.client
    checkin, group = posted.checkin, posted.group
    card = await bot.service(CheckinService).card(checkin) if posted.replaced else None
    if card is None:
        view = CheckinView(group, posted.round, checkin)
        await bot.cards.answer(
            interaction,
            CardKind.CHECKIN,
            checkin.id,
            group.channel_id,
            content=cards.checkin(view, ReadButton),
        )
    else:
        bot.cards.refresh(CardKind.CHECKIN, checkin.id)
        await replies.send(interaction, cards.replaced(posted, card.url))
    if posted.replaced:
        bot.cards.refresh(CardKind.POD_LINE, checkin.id)
    refresh_round(bot, posted.round)
    if posted.pod_thread_id is not None:
        bot.background.spawn(share(bot, posted), "a check-in for its pod")
    await offer(interaction, posted.alike)
    for one in posted.to_witness:
        await ask_witness(bot, CommitmentView(group, one))
    if rules.is_blocker(checkin.blocked):
        events.checkin_blocked(bot, interaction, checkin.id)
    if posted.joined:
        events.group_changed(bot, group.id)


def refresh_round(bot: CohortBot, round_: Round | None) -> None:
    """Refresh a round's cards: its prompt, and its digest once it is closed."""
    if round_ is not None and round_.prompted_at is not None:
        bot.cards.refresh(CardKind.ROUND, round_.id)
    if round_ is not None and round_.closed_at is not None:
        bot.cards.refresh(CardKind.DIGEST, round_.id)
