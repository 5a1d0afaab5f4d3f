"""Programmes: stages with what is handed in for them, their gates, and reminders of what is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from data.states import Nudges
from tests.e2e.programmes.steps import card, course, due, hand_in, join, panel, programme, start
from tests.security.stage import press, submit
from tests.world import World, text

OVER = datetime(2026, 12, 1, 20, 1, tzinfo=UTC)
"""A minute after the last of the four units."""

STAGES = (
    "Readings | three questions about what you read | due 2026-12-08\n"
    "Artefact | a link to your summary | due 2026-12-22\n"
    "Open problem | the board of your project"
)


async def gates(world: World) -> dict[int, set[int]]:
    """Return which stages were opened for whom."""
    found: dict[int, set[int]] = {}
    async with world.bot.store.read() as tx:
        for one in await tx.programmes.gates((await programme(world)).id):
            found.setdefault(one.user_id, set()).add(one.stage)
    return found


async def asking(world: World, lines: str = STAGES) -> None:
    """Start a programme that asks for something at the end of each stage."""
    await start(world)
    shown = await panel(world.organiser, world, "gates")
    assert shown.response is not None, text(shown)
    form = await world.organiser.click(shown.response, label="Change the stages")
    assert form.modal is not None, text(form)
    result = await world.organiser.submit_modal(form, {"stages": lines})
    assert result.ephemeral, text(result)


def said(world: World, person: Any, words: str) -> list[dict[str, Any]]:
    """Return the messages to a person that hold these words."""
    return [
        entry.json
        for entry in world.env.http_requests
        if entry.method == "POST"
        and entry.path.endswith("/messages")
        and isinstance(entry.json, dict)
        and f"<@{person.id}>" in str(entry.json.get("content"))
        and words in str(entry.json.get("content"))
    ]


async def test_the_stages_are_changed_in_a_form_that_shows_them_as_they_are(world: World) -> None:
    await start(world)
    shown = await panel(world.organiser, world, "gates")
    assert shown.response is not None
    await world.restart()
    form = await world.organiser.click(shown.response, label="Change the stages")
    assert "Artefact | A summary of something you read" in text(form)
    assert "due 2026-12-15" in text(form)
    wrong = await world.organiser.submit_modal(form, {"stages": "Readings | units 1-9"})
    assert "there are units 1 to 4" in text(wrong)
    again = await world.organiser.click(shown.response, label="Change the stages")
    await world.organiser.submit_modal(
        again, {"stages": "Basics\nDeeper | an essay | due 2026-12-20 | units 3-4"}
    )
    whole = await course(world)
    assert [one.title for one in whole.stages] == ["Basics", "Deeper"]
    assert [line.unit.stage for line in whole.units] == [1, 1, 2, 2]
    assert "🔒 **2. Deeper**" in text(card(world))


async def test_units_of_a_stage_that_is_not_open_are_shown_as_locked_and_not_hidden(
    world: World,
) -> None:
    await asking(world, "Basics | a question\nDeeper | an essay | units 3-4")
    await join(world, world.alice)
    shown = text(await world.alice.slash(world.channel, "programme show"))
    assert "🔒 2. Deeper" in shown
    assert "🔒 3. Superposition" in shown
    assert "an essay" in shown
    own = text(await panel(world.alice, world))
    assert "🔒 3. Superposition" in own
    opened = await world.organiser.slash(
        world.channel, "programme open", stage="Deeper", person=world.alice
    )
    assert f"<@{world.alice.id}>" in text(opened)
    shown = text(await world.alice.slash(world.channel, "programme show"))
    assert "🔓 2. Deeper" in shown
    assert "🔒" not in shown


async def test_what_is_handed_in_waits_at_the_gate_until_who_leads_opens_it(world: World) -> None:
    await asking(world)
    await join(world, world.alice, world.bob)
    assert "Hand in, until" in text(await panel(world.alice, world))
    result = await hand_in(world, world.alice, "https://example.org/questions")
    assert "The lead will hear of it" in text(result)
    assert "🚪 1 at the gate" in text(card(world))
    assert "At the gate" in text(await panel(world.alice, world))
    assert await gates(world) == {}

    await world.forward(timedelta(minutes=11))
    (told,) = said(world, world.organiser, "1 person waits")
    assert "https://example.org/questions" in str(told["content"])
    assert "**alice**: " in str(told["content"])
    assert f"<@{world.alice.id}>" not in str(told["content"]), "a direct message names others"

    await world.restart()
    shown = await panel(world.organiser, world, "gates")
    assert "https://example.org/questions" in text(shown)
    assert shown.response is not None
    opened = await world.organiser.click(shown.response, label="Open “Artefact” to all 1")
    assert "is open to" in text(opened)
    assert await gates(world) == {world.alice.id: {2}}
    await due(world)
    assert said(world, world.alice, "is open to you")
    assert not said(world, world.bob, "is open to you")
    assert "a link to your summary" in text(await panel(world.alice, world))


async def test_a_gate_is_opened_for_some_of_those_who_wait(world: World) -> None:
    await asking(world)
    await join(world, world.alice, world.bob)
    await hand_in(world, world.alice)
    await hand_in(world, world.bob)
    shown = await panel(world.organiser, world, "gates")
    assert shown.response is not None
    await world.organiser.select(shown.response, values=[str(world.bob.id)])
    assert await gates(world) == {world.bob.id: {2}}
    result = await world.organiser.slash(world.channel, "programme open", stage="artefact")
    assert f"<@{world.alice.id}>" in text(result)
    assert await gates(world) == {world.bob.id: {2}, world.alice.id: {2}}
    nobody = await world.organiser.slash(world.channel, "programme open", stage="Artefact")
    assert "Nobody waits" in text(nobody)


async def test_opening_a_later_stage_opens_those_before_it_and_nothing_closes_again(
    world: World,
) -> None:
    await asking(world)
    await join(world, world.alice)
    await world.organiser.slash(
        world.channel, "programme open", stage="Open problem", person=world.alice
    )
    assert await gates(world) == {world.alice.id: {2, 3}}
    shown = await panel(world.organiser, world, "gates")
    assert shown.response is not None
    form = await world.organiser.click(shown.response, label="Change the stages")
    refused = await world.organiser.submit_modal(form, {"stages": "Readings\nArtefact"})
    assert "in stage 3 already" in text(refused)


async def test_handing_in_late_counts_and_says_so(world: World) -> None:
    await asking(world)
    await join(world, world.alice)
    await world.forward(datetime(2026, 12, 9, 12, tzinfo=UTC))
    assert "late counts" in text(await panel(world.alice, world))
    result = await hand_in(world, world.alice)
    assert "Late, and it counts" in text(result)
    assert "handed in, late" in text(await panel(world.alice, world))
    shown = await panel(world.organiser, world, "gates")
    assert "late" in text(shown)


async def test_what_was_handed_in_can_be_changed_and_stays_in_time(world: World) -> None:
    await asking(world)
    await join(world, world.alice)
    await hand_in(world, world.alice, "first words")
    await world.forward(datetime(2026, 12, 9, 12, tzinfo=UTC))
    shown = await panel(world.alice, world)
    assert shown.response is not None
    form = await world.alice.click(shown.response, label="Change what I handed in")
    assert "first words" in text(form)
    result = await world.alice.submit_modal(form, {"text": "better words"})
    assert "Late" not in text(result)
    assert "better words" in text(await panel(world.alice, world))


async def test_a_form_that_was_open_over_a_restart_is_taken(world: World) -> None:
    await asking(world)
    await join(world, world.alice)
    shown = await panel(world.alice, world)
    assert shown.response is not None
    form = await world.alice.click(shown.response, label="Hand in")
    await world.restart()
    result = await world.alice.submit_modal(form, {"text": "https://example.org/x"})
    assert "Handed in" in text(result)


async def test_nothing_handed_in_is_refused_with_the_form_again(world: World) -> None:
    await asking(world)
    await join(world, world.alice)
    result = await hand_in(world, world.alice, " ")
    assert "Paste the link" in text(result)
    assert result.ephemeral


async def test_a_stage_that_asks_for_nothing_ends_with_its_last_unit(world: World) -> None:
    await start(world)
    await join(world, world.alice)
    await world.forward(OVER)
    assert "🚪 1 at the gate" in text(card(world))
    await world.forward(timedelta(minutes=11))
    assert said(world, world.organiser, "1 person waits")


async def test_gates_open_by_themselves_where_the_cohort_has_nobody_to_open_them(
    world: World,
) -> None:
    await start(world, gates="open")
    await join(world, world.alice)
    await world.forward(OVER)
    assert await gates(world) == {world.alice.id: {2}}
    result = await hand_in(world, world.alice)
    assert "**Open problem** is open to you" in text(result)
    assert await gates(world) == {world.alice.id: {2, 3}}
    await join(world, world.bob)
    assert (await gates(world))[world.bob.id] == {2}
    await due(world)
    assert not said(world, world.organiser, "waits")


async def test_at_the_last_stage_a_project_is_proposed_by_a_button_and_its_board_handed_in(
    world: World,
) -> None:
    await asking(world)
    await join(world, world.alice)
    await world.organiser.slash(
        world.channel, "programme open", stage="Open problem", person=world.alice
    )
    shown = await panel(world.alice, world)
    assert shown.response is not None
    await world.restart()
    form = await world.alice.click(shown.response, label="Propose a project")
    assert form.modal is not None, text(form)
    proposed = await world.alice.submit_modal(
        form,
        {
            "title": "Why do heads compose?",
            "paper": "https://arxiv.org/abs/2201.02177",
            "summary": "Look at K-composition",
            "skills": "PyTorch",
        },
    )
    assert "Your board is open" in "\n".join(text(one) for one in (proposed, *proposed.followups))
    form = await world.alice.click(shown.response, label="Hand in")
    async with world.bot.store.read() as tx:
        (project,) = await tx.projects.open_of_person(world.guild.id, world.alice.id)
    result = await world.alice.submit_modal(form, {"text": "", "project": [str(project.id)]})
    assert "That was the last stage" in text(result)
    own = await panel(world.alice, world)
    assert "Finished" in text(own)
    assert f"<#{project.thread_id}>" in text(own)
    assert "✅ 1 finished" in text(card(world))


async def test_a_project_of_somebody_else_cannot_be_handed_in(world: World) -> None:
    await asking(world)
    await join(world, world.alice)
    await world.bob.slash(world.channel, "project propose", paper="A paper", title="Bob's")
    async with world.bot.store.read() as tx:
        (project,) = await tx.projects.open_of_person(world.guild.id, world.bob.id)
    result = await submit(
        world.alice,
        world.channel,
        f"programme:work:{(await programme(world)).id}:1",
        {"text": "x", "project": str(project.id)},
    )
    shown = await panel(world.alice, world)
    assert "Bob's" not in text(shown)
    assert result.acknowledged


# Reminders


async def test_who_has_not_handed_in_is_reminded_a_week_and_a_day_before(world: World) -> None:
    await asking(world)
    await join(world, world.alice, world.bob)
    await hand_in(world, world.bob)
    await world.forward(datetime(2026, 12, 2, 8, 59, tzinfo=UTC))
    assert not said(world, world.alice, "Readings is due")  # nobody is to be woken by it
    await world.forward(datetime(2026, 12, 2, 9, 1, tzinfo=UTC))
    assert len(said(world, world.alice, "Readings is due")) == 1
    await world.restart()
    await world.forward(datetime(2026, 12, 9, 12, tzinfo=UTC))
    assert len(said(world, world.alice, "Readings is due")) == 2
    assert not said(world, world.bob, "Readings is due")


async def test_nobody_is_reminded_in_their_quiet_hours_while_away_or_who_does_not_want_it(
    world: World,
) -> None:
    await asking(world)
    await join(world, world.alice, world.bob, world.cara)
    await world.alice.slash(
        world.channel, "profile notify", quiet_from="22:00", quiet_until="10:30"
    )
    async with world.bot.store.transaction() as tx:
        await tx.profiles.save(world.guild.id, world.cara.id, nudges=Nudges.NONE)
    await world.bob.slash(world.channel, "group pause", until="in 60 days")
    await world.forward(datetime(2026, 12, 2, 10, 29, tzinfo=UTC))
    assert not said(world, world.alice, "is due")
    await world.forward(datetime(2026, 12, 2, 10, 31, tzinfo=UTC))
    assert len(said(world, world.alice, "is due")) == 1
    await world.forward(datetime(2026, 12, 9, tzinfo=UTC))
    assert not said(world, world.bob, "is due")
    assert not said(world, world.cara, "is due")


async def test_a_reminder_that_nobody_needs_any_more_is_not_sent(world: World) -> None:
    await asking(world)
    await join(world, world.alice)
    await world.crash(away=timedelta(days=60))
    assert not said(world, world.alice, "is due")


async def test_closed_direct_messages_go_to_the_channel_without_the_names_of_who_waits(
    world: World,
) -> None:
    await asking(world)
    await join(world, world.alice)
    await hand_in(world, world.alice, "https://example.org/private")
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=9)
    await world.forward(timedelta(minutes=11))
    posted = [m for m in world.channel.history() if "1 person waits" in m.content]
    assert len(posted) == 1
    assert f"<@{world.alice.id}>" not in posted[0].content
    assert "private" not in posted[0].content


# Rights


async def test_who_does_not_lead_sees_no_gate_and_opens_none(world: World) -> None:
    await asking(world)
    await join(world, world.alice, world.bob)
    await hand_in(world, world.alice, "https://example.org/secret")
    number = (await programme(world)).id
    for custom_id in (
        f"programme:gates:{number}",
        f"programme:all:{number}:2",
        f"programme:stages:{number}",
    ):
        refused = await press(world.bob, world.channel, custom_id)
        assert "Only whoever leads" in text(refused), custom_id
        assert "secret" not in text(refused)
    refused = await press(
        world.bob, world.channel, f"programme:some:{number}:2", values=[str(world.bob.id)]
    )
    assert "Only whoever leads" in text(refused)
    for command, options in (
        ("open", {"stage": "Artefact"}),
        ("skip", {"week": "2026-11-17"}),
        ("end", {}),
    ):
        refused = await world.bob.slash(world.channel, f"programme {command}", **options)
        assert "Only whoever leads" in text(refused), command
    assert await gates(world) == {}


async def test_the_facilitator_of_a_programme_opens_its_gates(world: World) -> None:
    await start(world, facilitator=world.bob)
    await join(world, world.alice)
    opened = await world.bob.slash(
        world.channel, "programme open", stage="Artefact", person=world.alice
    )
    assert "is open to" in text(opened)
    skipped = await world.bob.slash(world.channel, "programme skip", week="2026-11-17")
    assert "moved by a week" in text(skipped)


async def test_who_is_not_in_it_hands_nothing_in_and_is_let_through_no_gate(world: World) -> None:
    await asking(world)
    number = (await programme(world)).id
    refused = await press(world.cara, world.channel, f"programme:handin:{number}")
    assert "join it on its card" in text(refused)
    refused = await world.organiser.slash(
        world.channel, "programme open", stage="Artefact", person=world.cara
    )
    assert "is not in" in text(refused)
    locked = await submit(world.cara, world.channel, f"programme:work:{number}:1", {"text": "x"})
    assert "join it on its card" in text(locked)


async def test_a_stage_that_is_locked_takes_nothing(world: World) -> None:
    await asking(world)
    await join(world, world.alice)
    number = (await programme(world)).id
    refused = await submit(
        world.alice, world.channel, f"programme:work:{number}:2", {"text": "early"}
    )
    assert "not open to you yet" in text(refused)


async def test_leaving_ends_the_reminders_and_coming_back_finds_all_as_it_was(
    world: World,
) -> None:
    await asking(world)
    await join(world, world.alice)
    await hand_in(world, world.alice)
    await world.organiser.slash(world.channel, "programme open", stage="Artefact")
    await world.alice.click(card(world), label="Leave")
    await world.forward(datetime(2026, 12, 23, tzinfo=UTC))
    assert not said(world, world.alice, "is due")
    await join(world, world.alice)
    whole = await course(world)
    assert whole.reached == {world.alice.id: 2}
    assert whole.people[0].from_unit == 1


async def test_a_due_day_is_the_whole_day_by_the_programmes_clock(world: World) -> None:
    await asking(world, "Essays | an essay | due 2027-03-28\nNext")
    await join(world, world.alice)
    whole = await course(world)
    assert whole.stages[0].due_on == date(2027, 3, 28)
    # In London the clocks go forward that day: it ends at 23:00 UTC.
    await world.forward(datetime(2027, 3, 28, 22, 59, tzinfo=UTC))
    result = await hand_in(world, world.alice)
    assert "Late" not in text(result)


async def test_reminders_that_are_planned_again_after_a_crash_remind_nobody_twice(
    world: World,
) -> None:
    # Those of this bot: an extension that was unloaded is imported again.
    from cogs.programmes.stages.service import StageService

    await asking(world)
    await join(world, world.alice)
    await world.forward(datetime(2026, 12, 8, 9, 1, tzinfo=UTC))
    reminded = said(world, world.alice, "is due")
    # As when the process ends between planning them and noting that it did.
    made = await programme(world)
    async with world.bot.store.read() as tx:
        (planned,) = [
            one
            for one in await tx.deadlines.of(made.id, "programme.due")
            if one.occurrence == 1 and one.finished_at and one.finished_at > OVER
            and one.offset == 86400
        ]  # fmt: skip
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    await world.bot.service(StageService).plan_reminders(made.id, 1, planned.due_at)
    await due(world)
    assert reminded
    assert said(world, world.alice, "is due") == reminded
