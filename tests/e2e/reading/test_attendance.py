"""What happens in a meeting's thread: the reading, questions, who comes, notes, who leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord

from bot.ui.places import GONE
from tests.e2e.reading.steps import TUESDAY_EVENING, pinged, said, schedule, shown
from tests.world import World, text


def desk(world: World) -> discord.Message:
    """Return the card in the meeting's thread."""
    found = [one for one in world.channel.threads[0].history() if not one.content]
    return found[-1]


def labels(message: discord.Message) -> list[str]:
    return [str(one.label) for one in buttons(message.components)]


def buttons(components: Any) -> list[discord.Button]:
    found: list[discord.Button] = []
    for component in components:
        if isinstance(component, discord.Button):
            found.append(component)
        found += buttons(getattr(component, "children", ()))
    return found


async def test_the_thread_holds_the_reading_with_what_is_known_of_it(world: World) -> None:
    await world.group()
    await schedule(world, paper="arXiv:2201.02177")
    await world.alice.slash(
        world.channel, "meeting edit", meeting="Grokking", prerequisites="modular arithmetic"
    )
    async with world.bot.store.transaction() as tx:
        paper = await tx.papers.by_key("arxiv:2201.02177")
        assert paper is not None
        await tx.papers.describe(
            paper.id,
            world.clock.now(),
            title="Grokking: Generalization Beyond Overfitting",
            authors=("Alethea Power", "Yuri Burda", "Harri Edwards"),
            year=2022,
            pages=10,
        )
    listener: Any = world.bot.get_cog("rsvp reactions")
    await listener.on_paper_described(paper.id)
    await world.env.settle()

    reading = text(desk(world))
    assert "Generalization Beyond Overfitting" in reading
    assert "https://arxiv.org/abs/2201.02177" in reading
    assert "Alethea Power, Yuri Burda, Harri Edwards" in reading
    assert "2022" in reading
    assert "10 pages, about 40 minutes to read" in reading
    assert "modular arithmetic" in reading
    assert "Alethea Power et al., 2022" in shown(world)
    assert labels(desk(world)) == ["I read it", "Add a question", "I'll lead"]


async def test_who_has_read_says_so_and_takes_it_back(world: World) -> None:
    await world.group()
    card = await schedule(world, paper="A book")
    await world.bob.click(desk(world), label="I read it")
    assert "Read it (1)" in text(desk(world))
    await world.restart()
    stranger = await world.cara.click(desk(world), label="I read it")
    assert "`/group join` first" in text(stranger)
    await world.cara.react(card, "❔")
    await world.cara.click(desk(world), label="I read it")
    assert "Read it (2)" in text(desk(world))
    await world.bob.click(desk(world), label="I read it")
    assert "Read it (1)" in text(desk(world))


async def test_members_add_questions_to_discuss(world: World) -> None:
    await world.group()
    await schedule(world)
    form = await world.bob.click(desk(world), label="Add a question")
    await world.restart()
    await world.bob.submit_modal(form, {"text": "Why does it *generalise*\nso late?"})
    assert r"1. Why does it \*generalise\* so late?" in text(desk(world))
    assert world.bob.mention in text(desk(world))


async def test_nobody_fills_the_list_of_questions_alone_and_guests_ask_in_the_thread(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.cara.react(card, "✅")
    form = await world.cara.click(desk(world), label="Add a question")
    refused = await world.cara.submit_modal(form, {"text": "Mine?"})
    assert "`/group join` first" in text(refused)
    assert "Mine?" in text(refused)
    for number in range(5):
        form = await world.bob.click(desk(world), label="Add a question")
        await world.bob.submit_modal(form, {"text": f"Question {number}?"})
    form = await world.bob.click(desk(world), label="Add a question")
    refused = await world.bob.submit_modal(form, {"text": "One more?"})
    assert "5 questions already" in text(refused)
    assert "One more?" not in text(desk(world))


async def test_without_a_reading_nobody_is_asked_whether_they_read_it(world: World) -> None:
    await world.group()
    await schedule(world)
    assert "I read it" not in labels(desk(world))


async def test_while_it_runs_people_say_that_they_are_here_also_without_an_answer(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world)
    await world.alice.react(card, "✅")
    await world.cara.react(card, "❔")
    dora = world.join("dora")
    early = await world.bob.slash(world.channel, "meeting attended", meeting="Grokking")
    assert "come back then" in text(early)

    await world.forward(TUESDAY_EVENING)
    assert "begins now" in text(said(world)[-1])
    await world.restart()
    await world.cara.click(said(world)[-1], label="I'm here")
    await world.bob.click(desk(world), label="I'm here")
    stranger = await dora.click(desk(world), label="I'm here")
    assert "`/group join` first" in text(stranger)

    assert "Here (2)" in text(desk(world))
    await world.forward(timedelta(hours=1))
    assert "Were there (2)" in text(desk(world))
    assert "Add a question" not in labels(desk(world))


async def test_attendance_can_be_noted_afterwards_for_several_people(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING + timedelta(days=1))
    noted = await world.bob.slash(
        world.channel,
        "meeting attended",
        meeting="Grokking",
        people=f"{world.alice.mention} {world.cara.mention}",
        read="yes",
    )
    assert noted.ephemeral
    assert "Were there (2)" in text(desk(world))
    assert "Read it (2)" in text(desk(world))

    refused = await world.cara.slash(
        world.channel, "meeting attended", meeting="Grokking", people=world.bob.mention
    )
    assert "`/group join` first" in text(refused)
    nobody = await world.bob.slash(
        world.channel, "meeting attended", meeting="Grokking", people="everyone"
    )
    assert "Mention the people" in text(nobody)


async def test_who_had_read_it_is_mentioned_and_need_not_have_been_there(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING + timedelta(days=1))
    noted = await world.bob.slash(
        world.channel,
        "meeting attended",
        meeting="Grokking",
        people=f"{world.alice.mention} {world.bob.mention}",
        read=f"{world.alice.mention} {world.cara.mention}",
    )
    assert "were at **Grokking**, and" in text(noted)
    assert "Were there (2)" in text(desk(world))
    assert "Read it (2)" in text(desk(world))
    assert world.cara.mention in text(desk(world))

    await world.bob.slash(
        world.channel, "meeting attended", meeting="Grokking", read=world.organiser.mention
    )
    assert "Were there (2)" in text(desk(world)), "nobody was said to have been there"
    assert "Read it (3)" in text(desk(world))
    own = await world.alice.slash(world.channel, "meeting attended", meeting="Grokking", read="no")
    assert "had not read it" in text(own)
    assert "Read it (2)" in text(desk(world))
    refused = await world.bob.slash(
        world.channel, "meeting attended", meeting="Grokking", read="most of them"
    )
    assert "Mention the people" in text(refused)


async def test_afterwards_the_one_who_led_is_asked_for_the_notes(world: World) -> None:
    await world.group()
    card = await schedule(world, facilitator=world.bob)
    await world.alice.react(card, "✅")
    await world.forward(TUESDAY_EVENING + timedelta(minutes=5))
    await world.bob.click(desk(world), label="I'm here")
    await world.forward(timedelta(hours=1))

    asked = said(world)[-1]
    assert "Who keeps the notes?" in text(asked)
    assert pinged(world, asked) == {world.bob.id}
    form = await world.bob.click(asked, label="Notes")
    failed = await world.bob.submit_modal(form, {"notes": "It groks.", "link": "nowhere"})
    assert "https://" in text(failed)
    assert "It groks." in text(failed)
    form = await world.bob.click(failed.response.message, label="Open it again")
    await world.bob.submit_modal(
        form, {"notes": "It groks.", "link": "https://example.org/recording"}
    )
    assert "It groks." in text(desk(world))
    assert "https://example.org/recording" in text(desk(world))

    again = await world.alice.slash(world.channel, "meeting notes", meeting="Grokking")
    assert "It groks." in text(again)
    await world.alice.slash(world.channel, "meeting notes", meeting="Grokking", text="Better.")
    assert "Better." in text(desk(world))
    assert "https://example.org/recording" in text(desk(world))


async def test_who_does_what_becomes_commitments_and_they_are_told(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING + timedelta(minutes=50))
    options = {
        "meeting": "Grokking",
        "actions": f"{world.bob.mention} runs seed 2; write it up; {world.bob.mention}: asks Neel",
    }
    done = await world.alice.slash(world.channel, "meeting notes", **options)
    assert "3 commitments" in text(done)
    told = said(world)[-1]
    assert pinged(world, told) == {world.alice.id, world.bob.id}

    async def open_of_bob() -> set[str]:
        async with world.bot.store.read() as tx:
            found = await tx.commitments.open_in_server(world.guild.id, world.bob.id)
        return {one.text for one in found}

    assert await open_of_bob() == set(), "nobody fills somebody else's list"
    nothing = await world.alice.click(told, label="Take mine on")
    assert "Nothing waits for you" in text(nothing)
    taken = await world.bob.click(told, label="Take mine on")
    assert "asks Neel" in text(taken)
    assert await open_of_bob() == {"runs seed 2", "asks Neel"}
    again = await world.alice.slash(world.channel, "meeting notes", **options)
    assert "0 commitments" in text(again)

    more = {**options, "actions": f"{world.bob.mention} bakes a cake"}
    await world.alice.slash(world.channel, "meeting notes", **more)
    refused = await world.bob.click(said(world)[-1], label="Not mine")
    assert "Taken away: 1 thing" in text(refused)
    assert await open_of_bob() == {"runs seed 2", "asks Neel"}
    for number in range(20):
        asked = f"{world.bob.mention} does {number}"
        done = await world.alice.slash(
            world.channel, "meeting notes", meeting="Grokking", actions=asked
        )
        await world.forward(timedelta(minutes=10))
    assert "1 commitment" in text(done)
    flooded = await world.alice.slash(
        world.channel, "meeting notes", meeting="Grokking", actions=f"{world.bob.mention} more"
    )
    assert "20 things wait" in text(flooded)

    for actions, sentence in (
        (f"{world.cara.mention} helps", "not in the group"),
        (world.bob.mention, "Say what"),
        (" ; ", "who does what"),
    ):
        refused = await world.alice.slash(
            world.channel, "meeting notes", meeting="Grokking", actions=actions
        )
        assert sentence in text(refused)


async def test_a_meeting_to_which_nobody_comes_is_left_in_peace(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING + timedelta(days=2))
    assert ["not answered" in text(one) for one in said(world)] == [True], "members, once, before"


async def test_ten_minutes_in_without_its_leader_the_thread_asks_who_takes_over(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world, facilitator=world.bob)
    await world.alice.react(card, "✅")
    await world.forward(TUESDAY_EVENING + timedelta(minutes=6))
    await world.alice.click(desk(world), label="I'm here")
    await world.forward(timedelta(minutes=3))
    early = await world.alice.slash(world.channel, "meeting facilitate", meeting="Grokking")
    assert "began" in text(early)
    await world.forward(timedelta(minutes=1))

    asked = said(world)[-1]
    assert "Who takes over?" in text(asked)
    assert pinged(world, asked) == {world.alice.id}
    await world.restart()
    await world.alice.click(asked, label="I'll lead")
    assert f"led by {world.alice.mention}" in text(desk(world))
    assert "Here (1)" in text(desk(world))


async def test_the_leader_is_asked_first_and_alone_and_the_room_only_where_somebody_is_there(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world, facilitator=world.bob)
    await world.alice.react(card, "✅")
    await world.forward(TUESDAY_EVENING + timedelta(minutes=5))
    asked = said(world)[-1]
    assert "you lead it" in text(asked)
    assert pinged(world, asked) == {world.bob.id}
    await world.forward(timedelta(minutes=30))
    assert not any("Who takes over?" in text(one) for one in said(world))


async def test_a_leader_who_posts_reacts_or_presses_is_neither_asked_nor_called_missing(
    world: World,
) -> None:
    await world.group()
    card = await schedule(world, facilitator=world.bob)
    await world.alice.react(card, "✅")
    await world.forward(TUESDAY_EVENING - timedelta(minutes=3))
    await world.bob.send(world.channel, "Two minutes, I am setting up the room.")
    await world.forward(TUESDAY_EVENING + timedelta(minutes=1))
    await world.alice.click(desk(world), label="I'm here")
    await world.forward(timedelta(minutes=20))
    assert not any("you lead it" in text(one) for one in said(world))
    assert not any("Who takes over?" in text(one) for one in said(world))


async def test_a_leader_who_cannot_make_it_says_so_and_the_room_is_asked(world: World) -> None:
    await world.group()
    card = await schedule(world, facilitator=world.bob)
    await world.alice.react(card, "✅")
    await world.forward(TUESDAY_EVENING + timedelta(minutes=5))
    await world.bob.click(said(world)[-1], label="I can't")
    await world.forward(timedelta(minutes=1))
    asked = said(world)[-1]
    assert "Who takes over?" in text(asked)
    assert pinged(world, asked) == {world.alice.id}


async def test_where_meetings_are_led_and_nobody_leads_this_one_those_who_come_are_asked(
    world: World,
) -> None:
    await world.group()
    await schedule(world, title="Earlier", when="2026-11-03 19:00", facilitator=world.alice)
    card = await schedule(world)
    await world.bob.react(card, "✅")
    await world.restart()
    await world.forward(TUESDAY_EVENING + timedelta(minutes=10))
    asked = said(world, world.channel.threads[1])[-1]
    assert "Nobody leads this meeting yet. Who takes over?" in text(asked)
    assert pinged(world, asked) == {world.bob.id}


async def test_nobody_is_asked_to_take_over_when_the_leader_is_there(world: World) -> None:
    await world.group()
    card = await schedule(world, facilitator=world.bob)
    await world.alice.react(card, "✅")
    await world.forward(TUESDAY_EVENING)
    await world.bob.click(desk(world), label="I'm here")
    await world.forward(timedelta(minutes=20))
    assert "begins now" in text(said(world)[-1])


async def test_leading_is_taken_handed_over_and_given_up(world: World) -> None:
    await world.group()
    await schedule(world)
    taken = await world.bob.slash(world.channel, "meeting facilitate", meeting="Grokking")
    assert "you lead" in text(taken)
    assert f"led by {world.bob.mention}" in shown(world)

    assert "I'll lead" not in labels(desk(world))
    refused = await world.alice.slash(world.channel, "meeting facilitate", meeting="Grokking")
    assert world.bob.mention in text(refused)

    stranger = await world.bob.slash(
        world.channel, "meeting facilitate", meeting="Grokking", person=world.cara
    )
    assert "not in the group" in text(stranger)
    await world.bob.slash(
        world.channel, "meeting facilitate", meeting="Grokking", person=world.alice
    )
    assert f"led by {world.alice.mention}" in shown(world)
    await world.alice.slash(world.channel, "meeting facilitate", meeting="Grokking")
    assert "led by" not in shown(world)


async def test_the_next_in_turn_is_asked_and_after_a_no_the_one_after(world: World) -> None:
    await world.group()
    first = await schedule(world, title="First", when="2026-11-03 19:00", facilitator=world.alice)
    assert first.embeds
    await schedule(world, when="2026-11-17 19:00")
    await world.forward(TUESDAY_EVENING - timedelta(minutes=1))
    thread = world.channel.threads[1]
    assert said(world, thread) == []
    await world.forward(timedelta(minutes=1))

    # Olga made the group and is its first member; alice has led once.
    asked = said(world, thread)[-1]
    assert "your turn" in text(asked)
    assert pinged(world, asked) == {world.organiser.id}
    await world.organiser.click(asked, label="I can't")
    await world.restart()
    await world.forward(timedelta(seconds=1))
    asked = said(world, thread)[-1]
    assert pinged(world, asked) == {world.bob.id}
    await world.forward(timedelta(days=6))
    asked = said(world, thread)[-1]
    assert pinged(world, asked) == {world.alice.id}
    await world.bob.click(asked, label="I'll lead")
    assert f"led by {world.bob.mention}" in shown(world)


async def test_who_gives_a_first_lead_up_has_the_next_in_turn_asked(world: World) -> None:
    await world.group()
    await schedule(world, facilitator=world.alice)
    said_so = await world.alice.slash(world.channel, "meeting facilitate", meeting="Grokking")
    assert "I ask the next in turn" in text(said_so)
    await world.forward(timedelta(seconds=1))
    assert "your turn" in text(said(world)[-1])
    assert pinged(world, said(world)[-1]) == {world.organiser.id}


async def test_the_rotation_shows_who_led_least_and_longest_ago_first(world: World) -> None:
    await world.group()
    for day, leader in ((3, world.alice), (4, world.organiser), (5, world.alice)):
        await schedule(world, title=f"Day {day}", when=f"2026-11-0{day} 19:00", facilitator=leader)
    await world.forward(timedelta(days=5))
    turns = text(await world.bob.slash(world.channel, "meeting rotation"))
    order = [turns.index(one.mention) for one in (world.bob, world.organiser, world.alice)]
    assert order == sorted(order)
    assert "has not led yet" in turns
    assert "led 2 times" in turns


async def test_a_group_in_which_nobody_leads_is_not_asked(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING - timedelta(hours=2))
    assert not any("lead" in text(one) for one in said(world))


async def test_a_button_with_an_id_from_another_server_does_nothing(world: World) -> None:
    await world.group()
    await schedule(world)
    async with world.bot.store.transaction() as tx:
        group = await tx.groups.create(
            guild_id=1,
            channel_id=2,
            name="elsewhere",
            focus="x",
            timezone=None,
            created_by=3,
            now=world.clock.now(),
        )
        other = await tx.meetings.add(
            guild_id=1,
            group_id=group.id,
            title="Elsewhere",
            starts_at=world.clock.now() + timedelta(days=2),
            minutes=60,
            created_by=3,
            created_at=world.clock.now(),
        )
    await world.restart()
    card = desk(world)
    stored = world.env.backend.get_message(card.channel.id, card.id)
    forge(stored.components, f"reading:read:{other}")
    refused = await world.bob.click(desk(world), custom_id=f"reading:read:{other}")
    assert text(refused) == GONE


def forge(components: Any, custom_id: str) -> None:
    """Put another custom id on the first button."""
    for component in components:
        if component.get("type") == 2:
            component["custom_id"] = custom_id
            return
        forge(component.get("components", []), custom_id)


async def test_a_name_that_was_typed_but_not_picked_is_asked_for(world: World) -> None:
    await world.group()
    await schedule(world)
    await world.forward(TUESDAY_EVENING + timedelta(minutes=5))
    both = f"{world.bob.mention} @cara"
    refused = await world.alice.slash(
        world.channel, "meeting attended", meeting="Grokking", people=both
    )
    assert "`@cara`" in text(refused)
    noted = await world.alice.slash(
        world.channel, "meeting attended", meeting="Grokking", people=world.bob.mention
    )
    assert f"{world.bob.mention} was at" in text(noted)
