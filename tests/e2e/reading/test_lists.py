"""Reading lists from files: looked at, corrected, begun, met unit by unit, and worked through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from simcord.results import InteractionResult

from data.boards.projects import ProjectId
from data.boards.tasks import Task
from data.checkins.commitments import Commitment
from data.reading.lists import ReadingList
from tests.e2e.reading.steps import TUESDAY_EVENING, last_card, meetings
from tests.security.stage import press, submit
from tests.world import World, text

COURSE = """- unit: Circuits
  prerequisites: linear algebra
  readings:
    - title: Zoom in
      link: https://distill.pub/2020/circuits/zoom-in/
      minutes: 30
      level: beginner
    - title: A mathematical framework
      link: https://transformer-circuits.pub/2021/framework/
      minutes: 90
      level: advanced
  exercises:
    - Draw a circuit
    - Find an induction head
- title: Grokking
  link: https://arxiv.org/abs/2201.02177
  minutes: 40
  exercises: [Reproduce figure 1]
"""


async def take_in(
    world: World, source: str = COURSE, name: str = "course.yaml", **options: Any
) -> InteractionResult:
    given = {"title": "Interp course", "when": "2026-11-10 19:00", **options}
    return await world.alice.slash(
        world.channel, "reading import", file=(name, source.encode()), **given
    )


async def begin(world: World, source: str = COURSE, **options: Any) -> None:
    shown = await take_in(world, source, **options)
    await world.alice.click(shown.response, label=f"Schedule {_meetings(source)}")


def _meetings(source: str) -> str:
    count = source.count("\n- ") + source.startswith("- ")
    return "1 meeting" if count == 1 else f"{count} meetings"


def desk(world: World, thread: int = 0) -> Any:
    """Return the card in a meeting's thread."""
    return world.channel.threads[thread].history()[0]


async def lists(world: World) -> list[ReadingList]:
    async with world.bot.store.read() as tx:
        return await tx.reading_lists.of_server(world.guild.id)


async def commitments(world: World, user_id: int) -> list[Commitment]:
    async with world.bot.store.read() as tx:
        (group,) = await tx.groups.of_server(world.guild.id)
        return await tx.commitments.open_of(group.id, user_id)


async def board(world: World, title: str, *, by: Any = None) -> int:
    """Propose a project in the group; returns its id."""
    await (by or world.alice).slash(world.channel, "project propose", paper="Grokking", title=title)
    async with world.bot.store.read() as tx:
        (project,) = [
            one for one in await tx.projects.of_server(world.guild.id) if one.title == title
        ]
        return project.id


async def tasks(world: World, project_id: int) -> list[Task]:
    async with world.bot.store.read() as tx:
        project = await tx.projects.get(world.guild.id, project_id)
        assert project is not None
        return await tx.tasks.of_project(world.guild.id, project.id)


# Looking at a file


async def test_a_yaml_list_becomes_a_series_with_one_press_also_after_a_restart(
    world: World,
) -> None:
    await world.group()
    shown = await take_in(world)
    assert shown.ephemeral
    seen = text(shown)
    assert "every Tuesday at 19:00" in seen
    assert "2 readings · 120 min to read · 2 exercises" in seen
    assert "40 min to read · 1 exercise" in seen
    assert await meetings(world) == []
    assert await lists(world) == []

    await world.restart()
    await world.alice.click(shown.response, label="Schedule 2 meetings")
    assert "begins" in text(shown.response)
    (first,) = await meetings(world)
    assert (first.title, first.starts_at) == ("Circuits", TUESDAY_EVENING)
    (course,) = await lists(world)
    assert course.title == "Interp course"
    again = await press(world.alice, world.channel, "reading:enlist:1")
    assert "not waiting any more" in text(again)
    assert len(await lists(world)) == 1


async def test_wrong_lines_are_named_and_corrected_in_place_also_after_a_restart(
    world: World,
) -> None:
    await world.group()
    source = "title,minutes,link\nGrokking,soon,\nMeasures,20,nowhere\n"
    refused = await take_in(world, source, "course.csv", repeat="fortnightly", minutes=90)
    assert refused.ephemeral
    assert "Line 2: give the `minutes`" in text(refused)
    assert "Line 3: give a link" in text(refused)

    await world.restart()
    form = await world.alice.click(refused.response, label="Correct it here")
    assert "Measures,20,nowhere" in repr(form.modal)
    assert "Tue 2026-11-10 19:00" in repr(form.modal)
    half = await world.alice.submit_modal(
        form,
        {
            "title": "Interp course",
            "when": "2026-11-11 19:00",
            "source": "title,minutes,link\nGrokking,40,\nMeasures,20,nowhere\n",
        },
    )
    assert half.acknowledged
    assert "Line 2" not in text(refused.response)
    assert "Line 3" in text(refused.response)
    form = await world.alice.click(refused.response, label="Correct it here")
    await world.restart()
    wrong = await world.alice.submit_modal(
        form, {"title": "Interp course", "when": "at dawn", "source": "title\nGrokking\nMeasures"}
    )
    assert "at dawn" in text(wrong)
    assert "Measures" in text(wrong), "what was typed is given back"
    again = await world.alice.click(wrong.response, label="Open it again")
    await world.alice.submit_modal(
        again,
        {
            "title": "Interp course",
            "when": "2026-11-11 19:00",
            "source": "title\nGrokking\nMeasures",
        },
    )
    await world.alice.click(wrong.response, label="Schedule 2 meetings")
    (first,) = await meetings(world)
    assert (first.title, first.minutes) == ("Grokking", 90)
    assert first.starts_at == TUESDAY_EVENING + timedelta(days=1)
    async with world.bot.store.read() as tx:
        (series,) = await tx.meetings.series_of_server(world.guild.id)
    assert series.cadence.value == "fortnightly"


async def test_a_list_too_long_for_a_form_says_how_to_go_on(world: World) -> None:
    await world.group()
    title = "A reading whose title goes on until sixty of them fit into no form of Discord's"
    source = "title,minutes\n" + f"{title},soon\n" * 60
    refused = await take_in(world, source, "course.csv")
    assert "… and 52 more" in text(refused)
    assert "`title: Interp course`" in text(refused)
    assert "Correct it here" not in text(refused)
    forged = await submit(world.alice, world.channel, "reading:listing:1", {})
    assert forged.acknowledged


async def test_a_list_that_is_put_aside_leaves_nothing(world: World) -> None:
    await world.group()
    shown = await take_in(world)
    await world.alice.click(shown.response, label="Cancel")
    assert "Nothing was scheduled" in text(shown.response)
    shown = await take_in(world)
    await world.forward(timedelta(days=1, minutes=1))
    gone = await world.alice.click(shown.response, label="Schedule 2 meetings")
    assert "not waiting any more" in text(gone)
    assert await meetings(world) == []


async def test_a_first_meeting_in_the_past_is_asked_for_anew(world: World) -> None:
    await world.group()
    shown = await take_in(world, when="in 2 hours")
    await world.forward(timedelta(hours=3))
    late = await world.alice.click(shown.response, label="Schedule 2 meetings")
    assert "has passed" in text(late)
    assert await lists(world) == []


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(f'*{before}' for _ in range(9))}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (LAUGHS, "anchors and aliases"),
        ("- !!python/object/apply:os.system ['true']", "tags"),
        ("[" * 5000, "nested deeper"),
        ("- x\n" * 11_000, "more than 10000 parts"),
        ("- x: [", "no YAML"),
        ("- title: '@everyone [x](https://evil.example)'", "Schedule 1 meeting"),
    ],
)
async def test_a_hostile_file_is_a_sentence(world: World, source: str, sentence: str) -> None:
    await world.group()
    shown = await take_in(world, source)
    assert sentence in text(shown)
    assert "[x](https://evil.example)" not in text(shown)
    assert await lists(world) == []


async def test_a_draft_is_for_who_made_it_and_only_members_make_one(world: World) -> None:
    await world.group()
    await take_in(world)
    for control in ("enlist", "relist", "unlist"):
        stolen = await press(world.bob, world.channel, f"reading:{control}:1")
        assert "not waiting any more" in text(stolen), control
    stolen = await submit(
        world.bob, world.channel, "reading:listing:1", {"title": "x", "when": "tue 19:00"}
    )
    assert "not waiting any more" in text(stolen)
    outside = await world.cara.slash(
        world.channel,
        "reading import",
        file=("course.yaml", COURSE.encode()),
        title="Course",
        when="tue 19:00",
    )
    assert "`/group join` first" in text(outside)
    async with world.bot.store.read() as tx:
        assert await tx.drafts.list(world.guild.id, world.alice.id, 1) is not None
        assert await tx.drafts.list(world.guild.id, world.cara.id, 2) is None


# The card in a meeting's thread


async def test_the_reading_s_card_has_all_that_one_wants_to_know(world: World) -> None:
    await world.group()
    await begin(world)
    async with world.bot.store.transaction() as tx:
        (meeting,) = await tx.meetings.coming(world.guild.id, world.clock.now())
        assert meeting.paper_id is not None
        paper = await tx.papers.get(meeting.paper_id)
        assert paper is not None
        await tx.papers.describe(
            paper.id,
            world.clock.now(),
            title="Zoom In: An Introduction to Circuits",
            authors=("Chris Olah", "Nick Cammarata", "Ludwig Schubert"),
            year=2020,
            venue="Distill",
            pages=20,
        )
    listener: Any = world.bot.get_cog("rsvp reactions")
    await listener.on_paper_described(paper.id)
    await world.env.settle()
    seen = text(desk(world))
    for said in (
        "[Zoom In: An Introduction to Circuits](https://distill.pub/2020/circuits/zoom-in/)",
        "Chris Olah, Nick Cammarata, Ludwig Schubert · 2020 · Distill",
        "20 pages, about 30 minutes to read · beginner",
        "[A mathematical framework](https://transformer-circuits.pub/2021/framework/)",
        "about 90 minutes to read · advanced",
        "2 readings, about 120 minutes in all",
        "It helps to know: linear algebra",
        "Draw a circuit",
        "Take as tasks",
    ):
        assert said in seen, said


async def test_the_meeting_s_card_calls_each_reading_by_its_title_in_the_list(
    world: World,
) -> None:
    await world.group()
    await begin(world)
    seen = text(last_card(world, "Circuits"))
    assert "[Zoom in](https://distill.pub/2020/circuits/zoom-in/)" in seen
    assert "[A mathematical framework](https://transformer-circuits.pub/2021/framework/)" in seen
    assert "distill.pub](" not in seen, "not by the name of the site"
    result: Any = await world.bob.slash(world.channel, "meeting calendar")
    (file,) = result.response.message.attachments
    lines = (await file.read()).decode().replace("\r\n ", "")
    assert "Zoom in https://distill.pub/2020/circuits/zoom-in/" in lines
    await world.forward(timedelta(days=10))
    read = text(await world.bob.slash(world.channel, "reading history"))
    assert "[Zoom in](https://distill.pub/2020/circuits/zoom-in/)" in read

    await world.alice.slash(world.channel, "meeting edit", meeting="Grokking", paper="Another one")
    assert "Another one" in text(last_card(world))


async def test_another_paper_for_a_meeting_takes_the_place_of_the_unit_s_first(
    world: World,
) -> None:
    await world.group()
    await begin(world)
    await world.alice.slash(
        world.channel, "meeting edit", meeting="Circuits", paper="Another paper"
    )
    seen = text(desk(world))
    assert "Another paper" in seen
    assert "A mathematical framework" in seen
    assert "Zoom in" not in seen


# Exercises


async def test_without_a_board_exercises_become_commitments_of_who_presses(world: World) -> None:
    await world.group()
    await begin(world)
    await world.restart()
    done = await world.bob.click(desk(world), label="Take as tasks")
    assert done.ephemeral
    assert "2 exercises are now commitments of yours" in text(done)
    assert [one.text for one in await commitments(world, world.bob.id)] == [
        "Draw a circuit",
        "Find an induction head",
    ]
    assert f"Draw a circuit · {world.bob.mention}" in text(desk(world))
    again = await world.bob.click(desk(world), label="Take as tasks")
    assert "all of these exercises as commitments already" in text(again)
    assert len(await commitments(world, world.bob.id)) == 2
    await world.alice.click(desk(world), label="Take as tasks")
    assert len(await commitments(world, world.alice.id)) == 2

    outside = await world.cara.click(desk(world), label="Take as tasks")
    assert "`/group join` first" in text(outside)


async def test_with_one_board_they_become_its_tasks_and_a_second_taker_shares_them(
    world: World,
) -> None:
    await world.group()
    await begin(world)
    project_id = await board(world, "Circuits again")
    place = world.channel.threads[-1]
    await world.bob.slash(place, "project join")
    done = await world.alice.click(desk(world), label="Take as tasks")
    assert "on **Circuits again**" in text(done)
    await world.forward(timedelta())
    found = await tasks(world, project_id)
    assert [(one.title, one.owners) for one in found] == [
        ("Draw a circuit", (world.alice.id,)),
        ("Find an induction head", (world.alice.id,)),
    ]
    assert "An exercise of “Circuits”." in (found[0].notes or "")
    assert "Draw a circuit" in text(place.history()[0])

    await world.bob.click(desk(world), label="Take as tasks")
    await world.forward(timedelta())
    assert [one.owners for one in await tasks(world, project_id)] == [
        (world.alice.id, world.bob.id)
    ] * 2
    assert f"{world.alice.mention}, {world.bob.mention}" in text(desk(world))

    # The board had changed before it had any exercises, and changes again now that it has some.
    await world.bob.slash(place, "task move", task="Draw a circuit", state="done")
    assert "☑️ Draw a circuit" in text(desk(world))


async def test_of_several_boards_one_is_chosen_also_after_a_restart(world: World) -> None:
    await world.group()
    await begin(world)
    first, second = await board(world, "First board"), await board(world, "Second board")
    other = await board(world, "Bob's board", by=world.bob)
    asked = await world.alice.click(desk(world), label="Take as tasks")
    assert "Where do you want to do them?" in text(asked)
    stolen = await press(world.alice, world.channel, "reading:into:1", values=[str(other)])
    assert "in no such project" in text(stolen)
    await world.restart()
    await world.alice.select(asked.response, [str(second)])
    assert "on **Second board**" in text(asked.response)
    await world.forward(timedelta())
    assert await tasks(world, first) == []
    assert await tasks(world, other) == []
    assert len(await tasks(world, second)) == 2

    asked = await world.alice.click(desk(world), label="Take as tasks")
    await world.alice.select(asked.response, ["own"])
    assert len(await commitments(world, world.alice.id)) == 2


async def test_exercises_taken_just_before_a_crash_are_written_by_the_board_afterwards(
    world: World,
) -> None:
    await world.group()
    await begin(world)
    project_id = await board(world, "Circuits again")
    world.bot.deadlines.silence()
    world.bot.deadlines._stopping = True
    await world.alice.click(desk(world), label="Take as tasks")
    assert await tasks(world, project_id) == []
    await world.crash()
    await world.forward(timedelta())
    assert [one.title for one in await tasks(world, project_id)] == [
        "Draw a circuit",
        "Find an induction head",
    ]
    await world.restart()
    await world.forward(timedelta())
    assert len(await tasks(world, project_id)) == 2


async def test_an_exercise_that_is_a_task_is_not_doubled_and_a_dropped_one_is_taken_again(
    world: World,
) -> None:
    await world.group()
    await begin(world)
    project_id = await board(world, "Circuits again")
    place = world.channel.threads[-1]
    await world.alice.slash(place, "task add", title="draw a circuit")
    await world.alice.click(desk(world), label="Take as tasks")
    await world.forward(timedelta())
    own, found = await tasks(world, project_id)
    assert (own.title, found.title) == ("draw a circuit", "Find an induction head")

    async with world.bot.store.transaction() as tx:
        await tx.tasks.edit(world.guild.id, found.id, dropped_at=world.clock.now())
    again = await world.alice.click(desk(world), label="Take as tasks")
    assert "1 exercise is yours" in text(again)
    await world.forward(timedelta())
    assert [one.title for one in await tasks(world, project_id)] == [own.title, found.title]
    assert (await tasks(world, project_id))[1].id != found.id


async def test_what_a_full_board_has_no_room_for_is_said_and_can_be_taken_later(
    world: World,
) -> None:
    await world.group()
    await begin(world)
    project_id = ProjectId(await board(world, "Circuits again"))
    async with world.bot.store.transaction() as tx:
        for number in range(199):
            await tx.tasks.add(
                guild_id=world.guild.id,
                project_id=project_id,
                title=f"Task {number}",
                notes=None,
                due_at=None,
                owners=(),
                created_by=world.alice.id,
                now=world.clock.now(),
            )
    await world.alice.click(desk(world), label="Take as tasks")
    await world.forward(timedelta())
    assert (await tasks(world, project_id))[-1].title == "Draw a circuit"
    assert len(await tasks(world, project_id)) == 200
    said = world.channel.threads[-1].last_message
    assert "no room for 1 exercise" in text(said)
    again = await world.alice.click(desk(world), label="Take as tasks")
    assert "1 exercise is yours" in text(again), "it was let go, so it can be taken again"


async def test_how_far_a_group_is_stays_with_its_list(world: World) -> None:
    await world.group()
    await begin(world)
    await world.bob.click(desk(world), label="I read it")
    await world.bob.click(desk(world), label="Take as tasks")
    await world.bob.slash(world.channel, "commitment done", commitment="Draw a circuit")
    await world.forward(TUESDAY_EVENING + timedelta(hours=2))
    await world.restart()

    shown = await world.bob.slash(world.channel, "reading history", list="interp course")
    seen = text(shown)
    assert shown.ephemeral
    assert "1 of 2 units" in seen
    assert "☑️ **1.** Circuits" in seen
    assert "1 read it · 1 of 2 exercises done" in seen
    assert "**2.** Grokking" in seen
    offered = await world.bob.autocomplete(world.channel, "reading history", "list", "")
    assert [one["name"] for one in offered] == ["Interp course"]
    missing = await world.bob.slash(world.channel, "reading history", list="Another")
    assert "no reading list called" in text(missing)

    await world.alice.slash(world.channel, "meeting end", series="Interp course")
    assert "1 of 2 units" in text(
        await world.bob.slash(world.channel, "reading history", list="Interp course")
    )


async def test_each_unit_has_its_meeting_and_its_exercises_over_restarts(world: World) -> None:
    await world.group()
    await begin(world)
    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    await world.restart()
    assert last_card(world, "Grokking")
    assert [one.title for one in await meetings(world)] == ["Grokking"]
    assert "Reproduce figure 1" in text(desk(world, 1))
    await world.forward(timedelta(days=30))
    assert len(world.channel.threads) == 2


# Meetings that do not take place

WEEK = timedelta(weeks=1)


async def planned(world: World) -> list[tuple[str, int]]:
    """Return what was or will be met, with how many weeks after the first time that is."""
    async with world.bot.store.read() as tx:
        start = TUESDAY_EVENING - 10 * WEEK
        found = await tx.meetings.between(world.guild.id, start, start + 40 * WEEK)
    return [
        (one.title, (one.starts_at - TUESDAY_EVENING) // WEEK)
        for one in found
        if one.cancelled_at is None
    ]


def at(weeks: int) -> str:
    return f"<t:{int((TUESDAY_EVENING + weeks * WEEK).timestamp())}:F>"


async def test_a_unit_whose_meeting_is_cancelled_comes_up_again(world: World) -> None:
    await world.group()
    await begin(world)
    done = await world.alice.slash(world.channel, "meeting cancel", meeting="Circuits")
    assert f"“Circuits”, comes up again on {at(1)}" in text(done)
    await world.restart()
    await world.forward(TUESDAY_EVENING + 8 * WEEK)
    assert await planned(world) == [("Circuits", 1), ("Grokking", 2)], "and the list is whole"


async def test_the_last_unit_too_and_undoing_it_makes_the_series_as_long_as_it_was(
    world: World,
) -> None:
    await world.group()
    await begin(world)
    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    done = await world.alice.slash(world.channel, "meeting cancel", meeting="Grokking")
    assert f"“Grokking”, comes up again on {at(2)}" in text(done)
    await world.alice.click(done.response, label="Undo")
    await world.forward(TUESDAY_EVENING + 8 * WEEK)
    assert await planned(world) == [("Circuits", 0), ("Grokking", 1)]


async def test_a_last_unit_that_is_cancelled_is_met_a_week_later(world: World) -> None:
    await world.group()
    await begin(world)
    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    await world.alice.slash(world.channel, "meeting cancel", meeting="Grokking")
    await world.forward(TUESDAY_EVENING + 8 * WEEK)
    assert await planned(world) == [("Circuits", 0), ("Grokking", 2)]


async def test_a_day_that_is_left_out_leaves_out_no_unit_and_may_come_back(world: World) -> None:
    await world.group()
    await begin(world)
    day = f"{TUESDAY_EVENING + WEEK:%Y-%m-%d}"
    skip = await world.alice.slash(world.channel, "meeting skip", series="Interp course", day=day)
    assert f"“Grokking”, comes up again on {at(2)}" in text(skip)
    await world.alice.click(skip.response, label="Undo")
    await world.forward(TUESDAY_EVENING + 4 * WEEK)
    assert await planned(world) == [("Circuits", 0), ("Grokking", 1)]


async def test_a_list_is_met_whole_after_a_day_was_left_out(world: World) -> None:
    await world.group()
    await begin(world)
    day = f"{TUESDAY_EVENING + WEEK:%Y-%m-%d}"
    await world.alice.slash(world.channel, "meeting skip", series="Interp course", day=day)
    await world.forward(TUESDAY_EVENING + 5 * WEEK)
    assert await planned(world) == [("Circuits", 0), ("Grokking", 2)]


async def test_moving_all_later_meetings_to_a_later_day_loses_no_unit(world: World) -> None:
    await world.group()
    await begin(world)
    await world.alice.slash(
        world.channel, "meeting move", meeting="Circuits", when="2026-11-12 19:00", which="later"
    )
    await world.forward(TUESDAY_EVENING + 5 * WEEK)
    assert await planned(world) == [("Circuits", 0), ("Grokking", 1)]


async def test_what_took_up_the_unit_of_a_meeting_that_takes_place_after_all_goes_on(
    world: World,
) -> None:
    await world.group()
    await begin(world)
    await world.alice.slash(
        world.channel, "meeting edit", meeting="Circuits", which="later", ahead=20
    )
    await world.forward(timedelta(seconds=1))
    done = await world.alice.slash(world.channel, "meeting cancel", meeting="Circuits")
    await world.forward(timedelta(days=3))
    assert await planned(world) == [("Grokking", 1), ("Circuits", 2)]
    await world.bob.react(last_card(world, "Circuits"), "✅")

    undone = await world.alice.click(done.response, label="Undo")

    assert f"The meeting on {at(2)} is cancelled: nothing is left for it." in text(undone)
    await world.forward(timedelta(seconds=1))
    assert await planned(world) == [("Circuits", 0), ("Grokking", 1)]
    assert "cancelled" in text(last_card(world, "Circuits"))
    await world.forward(TUESDAY_EVENING + 8 * WEEK)
    assert await planned(world) == [("Circuits", 0), ("Grokking", 1)]


async def test_the_next_unit_is_taken_up_instead_and_who_answered_is_told(world: World) -> None:
    await world.group()
    await begin(world, COURSE + "- title: Toy models\n- title: Scaling\n")
    await world.alice.slash(
        world.channel, "meeting edit", meeting="Circuits", which="later", ahead=20
    )
    await world.forward(timedelta(seconds=1))
    done = await world.alice.slash(world.channel, "meeting cancel", meeting="Circuits")
    await world.forward(timedelta(days=3))
    card = last_card(world, "Circuits")
    await world.bob.react(card, "✅")

    undone = await world.alice.click(done.response, label="Undo")

    assert f"The meeting on {at(2)} is about “Toy models” now." in text(undone)
    await world.forward(timedelta(seconds=1))
    assert await planned(world) == [("Circuits", 0), ("Grokking", 1), ("Toy models", 2)]
    (thread,) = [one for one in world.channel.threads if one.id == card.id]
    assert "it is now about “Toy models”" in text(thread.last_message)
    await world.forward(TUESDAY_EVENING + 8 * WEEK)
    assert (await planned(world))[3:] == [("Scaling", 3)]


async def test_a_list_is_pasted_in_a_form_where_no_file_is_given(world: World) -> None:
    await world.group()
    form = await world.alice.slash(
        world.channel, "reading import", title="Interpretability", when="2026-11-10 19:00"
    )
    shown = await world.alice.submit_modal(
        form,
        {
            "title": "Interpretability",
            "when": "2026-11-10 19:00",
            "source": "- title: Grokking\n- title: Circuits",
        },
    )
    assert "Grokking" in text(shown)
    await world.alice.click(shown.response, label="Schedule 2 meetings")
    assert last_card(world, "Grokking")
