"""Programmes: started from a reading list, with meetings, pods and a card; joined and ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from data.states import CardKind
from tests import ics
from tests.e2e.programmes.steps import (
    TITLES,
    card,
    course,
    due,
    join,
    meetings,
    programme,
    reading_list,
    start,
    units,
)
from tests.world import World, text


async def test_a_programme_is_started_from_a_list_and_its_card_says_what_comes(
    world: World,
) -> None:
    result = await start(world)
    assert not result.ephemeral, text(result)
    shown = text(card(world))
    assert "Mech interp" in shown
    assert "4 units, Tuesdays at 19:00 (Europe/London)" in shown
    assert "Begins: 1. Attention" in shown
    assert "30 min to read" in shown
    assert "🔓 **1. Readings**" in shown
    assert "🔒 **2. Artefact**" in shown
    assert "🔒 **3. Open problem**" in shown
    assert "Nobody has joined yet" in shown


async def test_nothing_is_added_that_was_not_asked_for(world: World) -> None:
    await start(world, gates=None)
    assert [one.title for one in (await course(world)).stages] == ["Readings"]
    shown = text(card(world))
    assert "🔒" not in shown
    assert "Gates" not in shown
    await join(world, world.alice)
    stages = await world.organiser.click(card(world), label="Stages")
    assert "There is one stage" in text(stages)
    form = await world.organiser.click(stages.response, label="Change the stages")
    await world.organiser.submit_modal(form, {"stages": "Readings\nArtefact | a link"})
    assert "🔒 **2. Artefact**" in text(card(world)), "stages can still be added"


async def test_its_card_comes_after_a_while_if_the_process_ended_before_it_was_posted(
    world: World,
) -> None:
    # Those of this bot: an extension that was unloaded is imported again.
    from cogs.programmes.programme.service import ProgrammePlan, ProgrammeService

    await world.group()
    list_id = await reading_list(world)
    # As when the process ends between writing the programme down and answering.
    starter = world.place(world.organiser, organiser=True, manager=True)
    plan = ProgrammePlan(list_id, date(2026, 11, 10), time(19), "UTC")
    await world.bot.service(ProgrammeService).start(starter, plan)
    await world.restart()
    await world.forward(timedelta(minutes=3))
    assert "4 units, Tuesdays at 19:00" in text(card(world))
    await start(world, title="Another")
    await world.forward(timedelta(minutes=3))
    assert len([one for one in world.channel.history() if "🎓" in text(one)]) == 2


async def test_its_units_are_met_weekly_at_the_same_time_by_the_clock(world: World) -> None:
    await start(world, starts="2027-03-23 19:00")
    whole = await course(world)
    assert [line.starts_at for line in whole.units] == [
        datetime(2027, 3, 23, 19, tzinfo=UTC),
        datetime(2027, 3, 30, 18, tzinfo=UTC),  # summer time has begun in London
        datetime(2027, 4, 6, 18, tzinfo=UTC),
        datetime(2027, 4, 13, 18, tzinfo=UTC),
    ]


async def test_a_day_alone_means_seven_in_the_evening_and_options_choose_another(
    world: World,
) -> None:
    await start(world, starts="2026-11-09", day="Thursday", time="6pm")
    made = await programme(world)
    assert (made.starts_on, made.at.hour) == (date(2026, 11, 12), 18)
    await start(world, starts="2026-11-09", title="Another")
    made = await programme(world)
    assert (made.starts_on, made.at.hour) == (date(2026, 11, 9), 19)


async def test_the_meeting_of_each_unit_is_made_and_posted_a_few_days_ahead(world: World) -> None:
    await start(world)
    assert await meetings(world) == []
    await world.forward(timedelta(days=2, hours=7))
    (first,) = await meetings(world)
    assert first.title == "Attention"
    assert first.starts_at == datetime(2026, 11, 10, 19, tzinfo=UTC)
    assert first.facilitator_id == world.organiser.id
    assert first.thread_id is not None
    assert any(
        "Attention" in (m.embeds[0].title or "") for m in world.channel.history() if m.embeds
    )
    assert f"<#{first.thread_id}>" in text(card(world))

    await world.forward(datetime(2026, 12, 2, tzinfo=UTC))
    assert [one.title for one in await meetings(world)] == [
        "Attention",
        "Induction heads",
        "Superposition",
        "Grokking",
    ]
    assert "All units have been met" in text(card(world))


async def test_a_restart_in_the_middle_makes_no_meeting_twice(world: World) -> None:
    await start(world)
    for _ in range(9):
        await world.forward(timedelta(days=1))
        await world.restart()
    await world.crash(away=timedelta(days=4))
    await world.forward(timedelta(days=4))
    found = await meetings(world)
    assert [one.title for one in found] == ["Attention", "Induction heads", "Superposition"]
    titles = [m.embeds[0].title for m in world.channel.history() if m.embeds]
    assert len(titles) == len(set(titles)) == 3


async def test_a_unit_whose_time_went_by_while_nobody_was_there_is_let_go(world: World) -> None:
    await start(world)
    await world.crash(away=timedelta(days=12))
    await world.forward(timedelta(days=6))
    assert [one.title for one in await meetings(world)] == ["Induction heads", "Superposition"]
    assert "Next: 3. Superposition" in text(card(world))


async def test_a_stop_between_writing_a_meeting_and_posting_it_posts_it_once(world: World) -> None:
    await start(world)
    world.env.inject_error("POST", "/channels/*/messages", status=500, times=9)
    await world.forward(timedelta(days=2, hours=7))
    assert len(await meetings(world)) == 1
    await world.restart()
    await world.forward(timedelta(hours=3))
    assert len(await meetings(world)) == 1
    assert len([m for m in world.channel.history() if m.embeds]) == 1


async def test_units_of_one_week_share_its_meeting(world: World) -> None:
    await world.group()
    await reading_list(world, weeks=(1, 1, 2, 4))
    await start(world)
    await world.forward(datetime(2026, 12, 3, tzinfo=UTC))
    assert [(one.title, one.starts_at.date()) for one in await meetings(world)] == [
        ("Attention · Induction heads", date(2026, 11, 10)),
        ("Superposition", date(2026, 11, 17)),
        ("Grokking", date(2026, 12, 1)),
    ]
    first, second, *_ = await units(world)
    assert first.meeting_id == second.meeting_id


async def test_weeks_of_holidays_are_left_out(world: World) -> None:
    await start(world, weeks="2026-11-18, 2026-11-30")
    assert [one.on_day for one in await units(world)] == [
        date(2026, 11, 10),
        date(2026, 11, 24),
        date(2026, 12, 8),
        date(2026, 12, 15),
    ]


async def test_a_week_can_be_left_out_later_and_moves_what_follows_with_its_card(
    world: World,
) -> None:
    await start(world)
    await world.forward(datetime(2026, 11, 12, 12, tzinfo=UTC))
    second = (await meetings(world))[1]
    await world.alice.react(
        next(m for m in world.channel.history() if m.embeds and "Induction" in text(m)), "✅"
    )
    result = await world.organiser.slash(world.channel, "programme skip", week="2026-11-17")
    assert "3 units moved by a week" in text(result), text(result)
    await due(world)
    await world.restart()
    await due(world)
    found = await meetings(world)
    assert [one.starts_at.day for one in found] == [10, 24]
    assert found[1].id == second.id
    assert found[1].occurs_on == date(2026, 11, 24)
    assert "moved" in "\n".join(text(m) for m in world.channel.threads[-1].history())
    whole = await course(world)
    assert whole.stages[1].due_on == date(2026, 12, 22)
    again = await world.organiser.slash(world.channel, "programme skip", week="2026-11-18")
    assert "left out already" in text(again)
    await world.forward(datetime(2026, 12, 10, tzinfo=UTC))
    assert [one.starts_at.day for one in await meetings(world)] == [10, 24, 1, 8]


async def test_a_week_that_has_been_met_or_holds_nothing_cannot_be_left_out(world: World) -> None:
    await start(world)
    await world.forward(datetime(2026, 11, 10, 20, tzinfo=UTC))
    begun = await world.organiser.slash(world.channel, "programme skip", week="2026-11-14")
    assert "has begun" in text(begun)
    empty = await world.organiser.slash(world.channel, "programme skip", week="2027-11-14")
    assert "Nothing is met" in text(empty)


async def test_a_meeting_that_was_moved_by_hand_stays_where_it_was_put(world: World) -> None:
    await start(world)
    await world.forward(timedelta(days=3))
    await world.organiser.slash(
        world.channel, "meeting move", meeting="Attention", when="2026-11-11 20:00"
    )
    await due(world)
    assert "<t:1794427200:F>" in text(card(world))
    await world.organiser.slash(world.channel, "programme skip", week="2026-11-24")
    await due(world)
    (first,) = await meetings(world)
    assert first.starts_at == datetime(2026, 11, 11, 20, tzinfo=UTC)


async def test_joining_and_leaving_by_the_buttons_of_the_card(world: World) -> None:
    await start(world)
    await join(world, world.alice)
    assert f"**1 person** · <@{world.alice.id}>" in text(card(world))
    again = await world.alice.click(card(world), label="Join")
    assert "already" in text(again)
    await world.restart()
    left = await world.alice.click(card(world), label="Leave")
    assert "You left" in text(left)
    assert "Nobody has joined yet" in text(card(world))
    assert "not in" in text(await world.alice.click(card(world), label="Leave"))


async def test_who_joins_comes_into_the_group_and_who_leaves_the_group_leaves_the_programme(
    world: World,
) -> None:
    await start(world)
    result = await world.cara.click(card(world), label="Join")
    assert "You are in **Mech Interp** now, too" in text(result)
    async with world.bot.store.read() as tx:
        assert await tx.groups.member((await programme(world)).group_id, world.cara.id)
    await world.cara.slash(world.channel, "group leave")
    assert "Nobody has joined yet" in text(card(world))


async def test_late_joiners_begin_at_the_unit_that_comes_next(world: World) -> None:
    await start(world)
    await world.forward(datetime(2026, 11, 19, tzinfo=UTC))
    result = await world.bob.click(card(world), label="Join")
    assert "You begin where they are: **3. Superposition**" in text(result)
    assert "need not make up for what came before" in text(result)
    async with world.bot.store.read() as tx:
        person = await tx.programmes.participant((await programme(world)).id, world.bob.id)
    assert person is not None
    assert person.from_unit == 3


async def test_ending_asks_first_calls_the_meetings_off_and_can_be_undone(world: World) -> None:
    await start(world)
    await world.forward(timedelta(days=3))
    await world.alice.react(next(m for m in world.channel.history() if m.embeds), "✅")
    asked = await world.organiser.slash(world.channel, "programme end")
    assert asked.response is not None, text(asked)
    ended = await world.organiser.click(asked.response, label="End it")
    await due(world)
    (first,) = await meetings(world)
    assert first.cancelled_at is not None
    assert "It ended" in text(card(world))
    assert not [row for row in card(world).components if "Join" in text(card(world))]

    await world.restart()
    assert ended.response is not None
    await world.organiser.click(ended.response, label="Undo")
    await due(world)
    (first,) = await meetings(world)
    assert first.cancelled_at is None
    await world.forward(datetime(2026, 12, 3, tzinfo=UTC))
    assert len(await meetings(world)) == 4


async def test_nothing_is_made_any_more_once_it_has_ended(world: World) -> None:
    await start(world)
    asked = await world.organiser.slash(world.channel, "programme end")
    assert asked.response is not None
    await world.organiser.click(asked.response, label="End it")
    await world.forward(datetime(2026, 12, 20, tzinfo=UTC))
    assert await meetings(world) == []
    late = (
        await world.alice.click(card(world), label="Join") if "Join" in text(card(world)) else None
    )
    assert late is None


async def test_pods_are_proposed_in_the_group_shortly_before_and_made_by_an_organiser(
    world: World,
) -> None:
    await start(world, pod_size=2)
    await join(world, world.alice, world.bob, world.cara)
    await world.forward(datetime(2026, 11, 8, 19, 1, tzinfo=UTC))
    asked = next(m for m in world.channel.history() if "I propose" in text(m))
    assert f"<@{world.organiser.id}>" in text(asked)
    assert "2 pods for 4 people" in text(asked)
    refused = await world.alice.click(asked, label="Look at them")
    assert "Only organisers" in text(refused)
    await world.restart()
    looked = await world.organiser.click(asked, label="Look at them")
    assert looked.response is not None
    assert looked.ephemeral
    await world.organiser.click(looked.response, label="Make these pods")
    await due(world)
    async with world.bot.store.read() as tx:
        pods = await tx.pods.open_in((await programme(world)).group_id)
    assert len(pods) == 2


async def test_pods_that_cannot_be_formed_are_told_of_in_a_sentence(world: World) -> None:
    await start(world, pod_size=4)
    for person in (world.alice, world.bob):
        await person.slash(world.channel, "group leave")
    await world.forward(datetime(2026, 11, 8, 19, 1, tzinfo=UTC))
    assert any("could not propose pods" in text(m) for m in world.channel.history())


async def test_a_list_that_a_series_reads_already_is_not_met_twice(world: World) -> None:
    await world.group()
    list_id = await reading_list(world)
    await world.alice.slash(
        world.channel, "meeting schedule", title="Mech interp", when="tue 19:00", repeat="weekly"
    )
    async with world.bot.store.transaction() as tx:
        series = (await tx.meetings.series_of_server(world.guild.id))[0]
        await tx.reading_lists.follow(series.id, list_id)
    refused = await start(world)
    assert refused.ephemeral
    assert "read by a series already" in text(refused)
    assert "/meeting end" in text(refused)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"starts": "2026-01-01 19:00"}, "gone by"),
        ({"starts": "whenever"}, "read"),
        ({"list": "Nothing like it"}, "no reading list called"),
        ({"weeks": "soon"}, "read"),
    ],
)
async def test_what_cannot_be_is_said_in_a_sentence(
    world: World, options: dict[str, str], sentence: str
) -> None:
    result = await start(world, **options)
    assert result.ephemeral
    assert sentence in text(result), text(result)


async def test_a_programme_at_midnight_is_asked_back_and_at_24_00_meets_on_the_day_after(
    world: World,
) -> None:
    asked = await start(world, starts="2026-11-13", time="midnight")
    assert "begin that day or end it? Type `00:00`" in text(asked)
    await world.organiser.slash(
        world.channel, "programme start", list="Mech interp", starts="2026-11-13", time="24:00"
    )
    assert (await programme(world)).starts_on == date(2026, 11, 14)


async def test_only_who_organises_or_leads_meetings_starts_one(world: World) -> None:
    await world.group()
    await reading_list(world)
    given = {"list": "Mech interp", "starts": "2026-11-10 19:00"}
    refused = await world.alice.slash(world.channel, "programme start", **given)
    assert "Only organisers, and those who lead meetings" in text(refused)
    await world.alice.slash(
        world.channel, "meeting schedule", title="A talk", when="tue 19:00", facilitator=world.alice
    )
    started = await world.alice.slash(world.channel, "programme start", **given)
    assert not started.ephemeral, text(started)
    assert (await programme(world)).facilitator_id == world.alice.id


async def test_lists_programmes_and_stages_are_offered_by_their_titles(world: World) -> None:
    await start(world)
    lists = await world.organiser.autocomplete(world.channel, "programme start", "list", "mech")
    assert [one["name"] for one in lists] == ["Mech interp"]
    for command in ("show", "progress", "skip", "end", "open"):
        offered = await world.alice.autocomplete(
            world.channel, f"programme {command}", "programme", ""
        )
        assert [one["name"] for one in offered] == ["Mech interp"], command
    stages = await world.organiser.autocomplete(world.channel, "programme open", "stage", "")
    assert [one["name"] for one in stages] == ["Artefact", "Open problem"]


async def test_a_deleted_card_is_posted_again_and_a_deleted_channel_loses_nothing(
    world: World,
) -> None:
    await start(world)
    await world.delete(card(world))
    await world.alice.slash(world.channel, "group leave")
    assert "Mech interp" in text(card(world))
    world.env.backend.delete_channel(world.channel.id)
    await world.env.settle()
    await world.forward(timedelta(days=4))
    assert len(await meetings(world)) == 1
    elsewhere = world.guild.create_text_channel("elsewhere")
    shown = await world.organiser.slash(elsewhere, "programme show", programme="Mech interp")
    assert "Attention" in text(shown)
    health = await world.organiser.slash(elsewhere, "cohort health")
    assert "deleted" in text(health)


async def test_an_archived_group_stops_its_programme_and_bringing_it_back_goes_on(
    world: World,
) -> None:
    await start(world)
    asked = await world.organiser.slash(world.channel, "group archive")
    assert asked.response is not None
    archived = await world.organiser.click(asked.response, label="Archive it")
    await world.forward(timedelta(days=4))
    assert await meetings(world) == []
    assert archived.response is not None
    await world.organiser.click(archived.response, label="Undo")
    await due(world)
    assert len(await meetings(world)) == 1


async def test_an_imported_list_is_kept_for_a_programme_and_starts_one(world: World) -> None:
    await world.group()
    source = "title,link\nAttention,https://example.org/1\nGrokking,https://example.org/2\n"
    shown = await world.alice.slash(
        world.channel,
        "reading import",
        file=("list.csv", source.encode()),
        title="Two papers",
        when="2026-11-10 19:00",
    )
    assert shown.response is not None, text(shown)
    await world.restart()
    kept = await world.alice.click(shown.response, label="As a programme")
    assert "kept as a reading list" in text(kept)
    assert await meetings(world) == []
    assert kept.response is not None
    refused = await world.alice.click(kept.response, label="Start the programme")
    assert "Only organisers" in text(refused)
    result = await world.organiser.slash(
        world.channel, "programme start", list="two papers", starts="2026-11-10 19:00"
    )
    assert not result.ephemeral, text(result)
    assert "2 units" in text(card(world))


async def test_the_programme_of_a_button_elsewhere_is_started_by_a_form(world: World) -> None:
    await world.group()
    list_id = await reading_list(world)
    from tests.security.stage import press

    form = await press(world.organiser, world.channel, f"programme:from:{list_id}:1794337200")
    assert form.modal is not None
    assert "2026-11-10 19:00" in text(form)
    wrong = await world.organiser.submit_modal(
        form, {"starts": "tue 10 nov 19:00", "weeks": "", "pods": "99"}
    )
    assert "from 2 to 12" in text(wrong)
    form = await press(world.organiser, world.channel, f"programme:from:{list_id}:1794337200")
    await world.organiser.submit_modal(
        form, {"starts": "tue 10 nov 19:00", "weeks": "2026-11-17", "pods": "4"}
    )
    made = await programme(world)
    assert made.pod_size == 4
    assert [one.on_day.day for one in await units(world)] == [10, 24, 1, 8]
    async with world.bot.store.read() as tx:
        assert await tx.cards.get(CardKind.PROGRAMME, made.id) is not None


async def test_a_week_of_several_units_shows_all_their_readings_and_exercises(
    world: World,
) -> None:
    await world.group()
    await reading_list(world, weeks=(1, 1, 2, 3), exercises=("Summarise it",))
    await start(world)
    await world.forward(timedelta(days=3))
    (meeting,) = await meetings(world)
    assert meeting.title == "Attention · Induction heads"
    shown = next(one for one in world.channel.history() if one.id and "Going" in text(one))
    thread = world.channel.threads[0].history()[0]
    for message in (shown, thread):
        assert "[Attention](https://example.org/1)" in text(message)
        assert "[Induction heads](https://example.org/2)" in text(message)
    assert "2 readings, about 60 minutes in all" in text(thread)
    assert text(thread).count("Summarise it") == 2

    await world.alice.click(thread, label="Take as tasks")
    async with world.bot.store.read() as tx:
        made = await tx.commitments.open_of(meeting.group_id, world.alice.id)
        assert [one.text for one in made] == ["Summarise it"]
        for unit in await tx.reading_lists.units_of(meeting.id):
            assert len(await tx.reading_lists.taken_of(unit.id)) == 1


async def test_a_meeting_that_is_called_off_puts_its_unit_and_what_follows_off_by_a_week(
    world: World,
) -> None:
    await start(world)
    await world.forward(timedelta(days=3))
    before = [one.due_on for one in (await course(world)).stages]
    done = await world.organiser.slash(world.channel, "meeting cancel", meeting="Attention")
    assert "goes on a week later" in text(done)
    await due(world)
    await world.restart()
    assert [one.on_day.day for one in await units(world)] == [17, 24, 1, 8]
    after = [one.due_on for one in (await course(world)).stages]
    assert [one and one + timedelta(weeks=1) for one in before] == after
    assert "Begins: 1. Attention" in text(card(world))

    await world.forward(datetime(2026, 12, 10, tzinfo=UTC))
    held = [one for one in await meetings(world) if one.cancelled_at is None]
    assert [(one.title, one.starts_at.day) for one in held] == [
        ("Attention", 17),
        ("Induction heads", 24),
        ("Superposition", 1),
        ("Grokking", 8),
    ]
    uids = [one.uid for one in await meetings(world)]
    assert len(set(uids)) == len(uids) == 5


async def test_when_it_takes_place_after_all_the_plan_is_as_it_was(world: World) -> None:
    await start(world)
    await world.forward(timedelta(days=3))
    before = (await course(world)).stages
    done = await world.organiser.slash(world.channel, "meeting cancel", meeting="Attention")
    await due(world)
    assert done.response is not None
    await world.organiser.click(done.response, label="Undo")
    await due(world)
    assert [one.on_day.day for one in await units(world)] == [10, 17, 24, 1]
    assert (await course(world)).stages == before
    await world.forward(datetime(2026, 12, 10, tzinfo=UTC))
    assert [one.starts_at.day for one in await meetings(world)] == [10, 17, 24, 1]


async def test_its_calendar_holds_what_has_no_meeting_yet_under_the_name_it_will_have(
    world: World,
) -> None:
    await start(world)

    async def file() -> dict[str, str]:
        result = await world.bob.slash(world.channel, "meeting calendar")
        assert result.response is not None
        (attached,) = result.response.message.attachments
        events = ics.read(await attached.read()).named("VEVENT")
        return {one["UID"]: one["SUMMARY"] for one in events}

    planned = await file()
    assert sorted(planned.values()) == sorted(TITLES)
    await world.organiser.slash(world.channel, "programme skip", week="2026-11-17")
    await due(world)
    assert await file() == planned
    await world.forward(datetime(2026, 11, 20, tzinfo=UTC))
    assert await file() == planned, "each is known by the name it had before"
