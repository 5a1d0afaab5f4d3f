"""Looks at links, humane reminders, and the order of tasks: the rules."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.base.errors import Conflict
from bot.base.when import EARLIEST, LATEST
from cogs.boards.deadlines import rules as deadline_rules
from cogs.boards.links import rules as link_rules
from cogs.boards.links.rules import Look
from cogs.boards.tasks import rules as task_rules
from cogs.checkins.task_links.rules import same_thing
from data.boards.projects import ProjectId
from data.boards.tasks import Task, TaskId
from data.states import TaskState

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "Europe/London", "America/Los_Angeles", "Asia/Kolkata")]
)
INSTANTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/openai/grok", "openai/grok"),
        ("http://www.github.com/openai/grok.git", "openai/grok"),
        ("https://github.com/openai/grok/tree/main/grok", "openai/grok"),
        ("https://github.com/openai/grok/blob/main/README.md", "openai/grok"),
        ("https://github.com/openai/grok/issues/5", None),
        ("https://github.com/openai", None),
        ("https://github.com/../grok", None),
        ("https://github.com/a%2f/b", None),
        ("https://gist.github.com/openai/grok", None),
        ("https://github.com.evil.org/openai/grok", None),
    ],
)
def test_repositories_are_known_by_their_address(url: str, name: str | None) -> None:
    assert link_rules.repository(url) == name


def commits(*names: str) -> bytes:
    return json.dumps([{"sha": name * 40} for name in names]).encode()


def test_commits_since_the_last_look_are_counted() -> None:
    first = link_rules.read_commits(None, 200, commits("a"), {})
    assert (first.look, first.fingerprint) == (Look.SAME, "a" * 40)
    three = link_rules.read_commits("a" * 40, 200, commits("d", "c", "b", "a"), {})
    assert (three.look, three.commits, three.more) == (Look.CHANGED, 3, False)
    rewritten = link_rules.read_commits("e" * 40, 200, commits("d", "c"), {})
    assert (rewritten.look, rewritten.commits) == (Look.CHANGED, None)
    many = link_rules.read_commits("e" * 40, 200, commits(*["f"] * 30), {})
    assert (many.commits, many.more) == (30, True)
    empty = link_rules.read_commits(None, 409, b"", {})
    assert empty.fingerprint == link_rules.EMPTY
    begun = link_rules.read_commits(link_rules.EMPTY, 200, commits("b", "a"), {})
    assert begun.commits == 2


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"sha": 5}]', b'[{"sha": "x y"}]', b"no"])
def test_what_is_no_list_of_commits_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        link_rules.read_commits(None, 200, body, {})


@given(INSTANTS, st.integers(1, 10**6), st.integers(0, 50), st.booleans())
def test_the_next_look_is_never_soon_and_never_far(
    now: datetime, link_id: int, failures: int, seldom: bool
) -> None:
    wait = link_rules.next_look(now, link_id, failures=failures, seldom=seldom) - now
    assert link_rules.EVERY <= wait <= link_rules.SELDOM * 1.2


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=100)))
def test_a_server_is_left_alone_as_long_as_it_asks_but_not_for_ever(
    now: datetime, asked: timedelta
) -> None:
    wait = link_rules.next_look(now, 1, failures=1, wait=asked) - now
    assert wait >= min(asked, link_rules.PATIENCE)
    assert wait <= link_rules.PATIENCE * 1.2


@settings(deadline=None)
@given(INSTANTS, ZONES)
def test_reminders_come_when_people_are_awake_and_in_order(due: datetime, zone: ZoneInfo) -> None:
    now = due - timedelta(days=30)
    found = task_rules.task_reminders(due, now, zone)
    instants = [instant for _, instant in found]
    assert instants == sorted(instants)
    assert [offset for offset, _ in found][:4] == list(deadline_rules.OFFSETS)
    for offset, instant in found:
        assert EARLIEST <= instant.astimezone(zone).time() <= LATEST
        moved = instant - (due - timedelta(seconds=offset))
        if offset > 0:
            assert timedelta(hours=-15) <= moved <= timedelta()
        if offset == 0:
            assert timedelta() <= moved <= timedelta(hours=13)


@settings(deadline=None)
@given(INSTANTS, ZONES)
def test_an_overdue_task_is_asked_about_once_a_day_in_the_morning(
    due: datetime, zone: ZoneInfo
) -> None:
    asks = task_rules.asked_at(due, zone)
    passed = dict(deadline_rules.reminders(due, due - timedelta(days=30), zone))[0]
    assert len(asks) == task_rules.ASKS
    assert asks[0] - due >= task_rules.AFTER_DUE
    assert asks[0] - passed >= timedelta(hours=6)
    assert {instant.astimezone(zone).time() for instant in asks} == {time(9)}
    for number, instant in enumerate(asks, start=1):
        assert task_rules.ask_number(due, instant, zone) == number
        assert task_rules.ask_number(due, instant - timedelta(minutes=1), zone) == number - 1


def test_a_deadline_anywhere_on_earth_reminds_at_the_groups_own_hours() -> None:
    """23:59 AoE of the 20th is 11:59 UTC of the 21st: 3:59 in San Francisco."""
    due = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
    zone = ZoneInfo("America/Los_Angeles")
    found = {
        offset: instant.astimezone(zone).strftime("%d %H:%M")
        for offset, instant in deadline_rules.reminders(due, NOON, zone)
    }
    assert found == {604800: "13 18:00", 86400: "19 18:00", 7200: "20 18:00", 0: "21 09:00"}
    london = dict(deadline_rules.reminders(due, NOON, ZoneInfo("Europe/London")))
    assert london[0] == due
    assert london[7200] == due - timedelta(hours=2)


def task(number: int, state: TaskState = TaskState.TODO, **options: object) -> Task:
    values: dict[str, object] = {
        "id": TaskId(number),
        "guild_id": 1,
        "project_id": ProjectId(1),
        "title": f"Task {number}",
        "notes": None,
        "state": state,
        "due_at": None,
        "obstacle": None,
        "created_by": 1,
        "created_at": NOON,
        "moved_at": NOON,
        **options,
    }
    return Task(**values)  # type: ignore[arg-type]


def test_what_nobody_can_go_on_with_does_not_come_first() -> None:
    tasks = [
        task(1),
        task(2, TaskState.BLOCKED),
        task(3, TaskState.BLOCKED, owners=(7,)),
        task(4, TaskState.DONE),
        task(5, TaskState.DOING, owners=(7,)),
    ]
    assert [one.id for one in task_rules.on_card(tasks)] == [3, 5, 1, 2, 4]


@given(st.integers(2, 12), st.data())
def test_a_task_moves_one_place_and_the_others_keep_their_order(
    count: int, data: st.DataObject
) -> None:
    tasks = [task(number) for number in range(1, count + 1)] + [task(99, TaskState.DOING)]
    moved = data.draw(st.sampled_from(tasks[1:-1]))
    shifted = task_rules.shifted(tasks, moved, -1)
    assert shifted[0].id == 99
    before = [one.id for one in task_rules.on_card(tasks)]
    after = [one.id for one in shifted]
    assert after.index(moved.id) == before.index(moved.id) - 1
    assert [one for one in after if one != moved.id] == [one for one in before if one != moved.id]
    assert task_rules.shifted(tasks, moved, -200)[1].id == moved.id
    with pytest.raises(Conflict):
        task_rules.shifted(tasks, tasks[0], -1)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("train on MOD 97!", "Train on mod 97"),
        ("Train on mod 97 with three seeds", "Train on mod 97"),
        ("train mod 97", "Train on mod 97"),
        ("Write the related work", "Write related work"),
        ("train", "Train on mod 97"),
        ("read chapter 3", "Read chapter 4 of the thesis and take notes"),
        ("", "Train"),
    ],
)
def test_what_sounds_like_a_task(text: str, title: str) -> None:
    alike = text in (
        "train on MOD 97!",
        "Train on mod 97 with three seeds",
        "train mod 97",
        "Write the related work",
    )
    assert (same_thing(text, ["Something else", title]) == 1) is alike
