"""Messages about many people: within Discord's limits, and no walls of mentions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest
from msgspec.structs import replace

from bot.base.wording import batches
from bot.ui import theme
from cogs.reading import mentions
from cogs.reading.meetings import cards as meeting_cards
from cogs.reading.meetings.card_view import MeetingView
from cogs.reading.reminders import cards as reminder_cards
from cogs.reading.reminders import rules as reminder_rules
from cogs.reading.rsvps import cards as rsvp_cards
from cogs.reading.rsvps.rules import MeetingTurnout
from data.reading.meetings import Meeting, MeetingId
from data.reading.rsvps import Rsvp
from data.server.groups import Group, GroupId
from data.states import Answer

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CROWD = [10**18 + number for number in range(500)]


def meeting(**values: Any) -> Meeting:
    return Meeting(
        **{
            **dict.fromkeys(Meeting.__struct_fields__),
            "id": MeetingId(1),
            "guild_id": 1,
            "group_id": GroupId(1),
            "title": "*" * 90,
            "starts_at": NOW + timedelta(days=3),
            "minutes": 60,
            "location": "_" * 200,
            "created_by": 1,
            "created_at": NOW,
            "changes": 0,
            **values,
        }
    )


def answered(user_id: int, answer: Answer, position: int, at: datetime = NOW) -> Rsvp:
    return Rsvp(MeetingId(1), user_id, answer, position, (), None, at)


def test_of_five_hundred_who_wait_twenty_are_named_and_pinged() -> None:
    content = rsvp_cards.waiting(meeting(), CROWD)
    assert content.text is not None
    assert len(content.text) <= 2000
    assert content.text.count("<@") == 20
    assert content.text.endswith(" and 480 more")
    assert [one.id for one in content.mentions.users or ()] == CROWD[:20]  # type: ignore[union-attr]


def test_a_reminder_for_five_hundred_is_said_once_and_fits() -> None:
    rsvps = [answered(user, Answer.GOING, number) for number, user in enumerate(CROWD)]
    rsvps += [answered(9 * 10**18 + n, Answer.MAYBE, 1000 + n) for n in range(100)]
    one = meeting()
    called = reminder_rules.called(rsvps, one, timedelta(hours=24))
    first, *rest = batches(called.pinged)
    said = reminder_cards.reminder(one, called, first, late=True, started=False)
    others = [mentions.further(batch) for batch in rest]
    assert said.text is not None
    assert "and 92 more: will you come?" in said.text
    assert all(len(content.text or "") <= 2000 for content in (said, *others))
    assert not any("starts" in (content.text or "") for content in others)
    told = [user.id for content in (said, *others) for user in content.mentions.users or ()]  # type: ignore[union-attr]
    assert told == list(called.pinged), "each of them once"


def test_who_may_come_is_asked_once_and_who_leads_is_asked_otherwise() -> None:
    one = meeting(facilitator_id=1)
    rsvps = [
        answered(1, Answer.GOING, 1),
        answered(2, Answer.GOING, 2),
        replace(answered(3, Answer.MAYBE, 3), reminded_of=one.starts_at),
        replace(answered(4, Answer.MAYBE, 4), reminded_of=one.starts_at - timedelta(days=1)),
        answered(5, Answer.NOT_GOING, 5),
    ]
    fresh = [replace(rsvp, reminded_of=None) for rsvp in rsvps[:3]]
    assert reminder_rules.called(fresh, one, timedelta(hours=24)) == reminder_rules.Called(
        (2, 3), (3,)
    )
    assert reminder_rules.called(rsvps, one, timedelta(hours=1)) == reminder_rules.Called(
        (1, 2, 4), (4,)
    )


def view(**people: list[int]) -> MeetingView:
    """Return a meeting with the longest texts, led by somebody who comes last."""
    going = people.get("going", [])
    one = meeting(facilitator_id=going[-1] if going else None, capacity=2000)
    group = Group(
        **{
            **dict.fromkeys(Group.__struct_fields__),
            "id": GroupId(1),
            "guild_id": 1,
            "channel_id": 2,
            "name": "Interp",
        }
    )
    parts = {name: tuple(people.get(name, ())) for name in MeetingTurnout.__struct_fields__}
    return MeetingView(one, group, None, MeetingTurnout(**parts), ZoneInfo("UTC"), NOW)


MORE = discord.ui.Button[Any](label="Everybody", custom_id="x")


@pytest.mark.parametrize("number", [0, 1, 3, 11, 12, 30, 128, 2000])
def test_a_card_names_the_first_who_come_and_the_rest_are_a_press_away(number: int) -> None:
    crowd = [10**18 + one for one in range(4 * number)]
    four = [crowd[start * number : (start + 1) * number] for start in range(4)]
    shown = view(going=four[0], waiting=four[1], maybe=four[2], not_going=four[3])
    content = meeting_cards.meeting(shown, MORE)
    (embed,) = content.embeds
    assert len(embed) <= 6000
    assert all(len(field.value or "") <= theme.FIELD_LIMIT for field in embed.fields)
    going = embed.fields[0]
    assert going.name == f"✅ Going ({number} of 2000)"
    named = re.findall(r"<@(\d+)>", going.value or "")
    assert len(named) == (number if number <= 11 else 10)
    if number:
        assert int(named[0]) == four[0][-1], "who leads comes first"
    if number > 11:
        assert (going.value or "").endswith(f" and {number - 10} more")
        assert sum((field.value or "").count("<@") for field in embed.fields) <= 25
    assert (content.view is not None) is (number > 6)

    everybody = rsvp_cards.everybody(shown)
    assert all(len(page) <= 6000 for page in everybody)
    assert all(len(page.description or "") <= theme.DESCRIPTION_LIMIT for page in everybody)
    listed = [
        int(one) for page in everybody for one in re.findall(r"<@(\d+)>", str(page.description))
    ]
    assert listed == crowd, "everybody once, in the order of their answers"
