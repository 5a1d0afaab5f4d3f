"""Help, people who go quiet, and channels that go away."""

from __future__ import annotations

from datetime import timedelta

from bot.jobs.delivery import to_channel
from data.server.groups import GroupId
from data.states import CardKind
from tests.e2e.checkins.test_commitments import direct
from tests.e2e.checkins.test_rounds import DUE, post, rounds, shown
from tests.world import World, text

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


async def test_a_blocker_brings_two_people_together_in_a_thread(world: World) -> None:
    await rounds(world)
    await post(world, world.alice, "Read", blocked="CUDA *errors*")
    card = shown(world, "CUDA")
    await world.forward(DUE)
    digest = shown(world, "who can help?")
    assert "CUDA \\*errors\\*" in text(digest)
    refused = await world.alice.click(digest, label="I can help")
    assert "your own" in text(refused)

    await world.restart()
    thanked = await world.bob.click(digest, label="I can help")
    assert f"/{card.id}/" in text(thanked)
    said = [
        request.json["content"]
        for request in world.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/channels/{card.id}/messages")
    ]
    assert len(said) == 1
    assert f"<@{world.bob.id}> can help <@{world.alice.id}>" in said[0]
    again = await world.bob.click(digest, label="I can help")
    assert text(again) == text(thanked)


async def test_where_no_thread_can_be_opened_the_channel_does(world: World) -> None:
    await rounds(world)
    await post(world, world.alice, "Read", blocked="CUDA errors")
    await world.forward(DUE)
    world.env.inject_error("POST", "/channels/*/threads", status=403, code=50013)
    await world.bob.click(shown(world, "who can help?"), label="I can help")
    assert shown(world, "can help <@")


async def quiet_for_two_rounds(world: World) -> None:
    """Go through two rounds in which alice posts, and bob and the organiser do not."""
    await rounds(world)
    for number in range(2):
        await world.forward(DUE + number * WEEK - timedelta(hours=30))
        await post(world, world.alice, f"Week {number}")
    await world.forward(DUE + WEEK + DAY)


async def test_who_misses_two_rounds_is_asked_in_private_once(world: World) -> None:
    await quiet_for_two_rounds(world)
    asked = [said for said in direct(world, world.bob) if "have not heard" in said]
    assert len(asked) == 1
    assert not [m for m in world.channel.history() if "have not heard" in text(m)]
    told = [said for said in direct(world, world.organiser) if "quiet for two rounds" in said]
    assert len(told) == 1
    assert "**bob**" in told[0]
    assert f"<@{world.alice.id}>" not in told[0]
    assert f"<@{world.organiser.id}>" not in told[0]  # whose own silence is no news to them

    await world.forward(DUE + 2 * WEEK - timedelta(hours=30))
    await post(world, world.alice)
    await world.forward(DUE + 2 * WEEK + DAY)
    asked = [said for said in direct(world, world.bob) if "have not heard" in said]
    assert len(asked) == 1


async def test_slowing_down_lasts_nobody_asks_or_misses_in_between_and_one_is_back_any_time(
    world: World,
) -> None:
    await quiet_for_two_rounds(world)
    message = world.bob.user.dm_channel.last_message
    await world.restart()
    said = text(await world.bob.user.click(message, label="Slow down: every second round"))
    assert "every second round of **Mech Interp**" in said
    assert "Your next is round 4" in said

    def resting(status: str) -> bool:
        return "Resting" in status and f"<@{world.bob.id}>" in status.split("Resting")[1]

    status = text(await world.bob.slash(world.channel, "checkin status"))
    assert resting(status)
    assert "Not yet" in status
    assert f"<@{world.bob.id}>" not in status.split("Not yet")[1].split("Resting")[0]
    asked = len([one for one in direct(world, world.bob) if "is due" in one])
    await world.forward(DUE + 2 * WEEK - timedelta(hours=30))
    await post(world, world.alice, "Week 2")
    await world.forward(DUE + 2 * WEEK + DAY)
    assert len([one for one in direct(world, world.bob) if "is due" in one]) == asked
    digest = text(shown(world, "round 3\n"))
    assert f"<@{world.bob.id}>" in digest.split("**Resting**")[1]
    assert f"<@{world.bob.id}>" not in digest.split("**We missed**")[1].split("**Commit")[0]

    await world.restart()
    status = text(await world.alice.slash(world.channel, "checkin status"))
    assert not resting(status), "round 4 is theirs"
    await world.forward(DUE + 3 * WEEK - timedelta(hours=2))
    assert len([one for one in direct(world, world.bob) if "is due" in one]) == asked + 2
    await post(world, world.bob, "At my own pace")
    await world.forward(DUE + 4 * WEEK + DAY)
    said = text(await world.bob.slash(world.channel, "checkin stats"))
    assert "**In a row**: 1 round" in said, "round 5 was none of theirs"

    own = await world.bob.slash(world.channel, "checkin status")
    assert "Slow down" not in text(own)
    back = text(await world.bob.click(own.response, label="Every round again"))
    assert "every round of" in back
    assert not resting(text(await world.alice.slash(world.channel, "checkin status")))


async def test_who_slowed_down_is_still_noticed_when_they_go_quiet(world: World) -> None:
    await rounds(world)
    own = await world.bob.slash(world.channel, "checkin status")
    await world.bob.click(own.response, label="Slow down: every second round")
    for number in range(5):
        await world.forward(DUE + number * WEEK - timedelta(hours=30))
        await post(world, world.alice, f"Week {number}")
        await post(world, world.organiser, f"Week {number}")
        await world.forward(DUE + number * WEEK + DAY)
        asked = [said for said in direct(world, world.bob) if "have not heard" in said]
        assert len(asked) == (1 if number >= 3 else 0), f"round {number + 1}"


async def test_an_earlier_question_still_skips_a_round(world: World) -> None:
    from cogs.checkins.quiet.service import QuietService

    await rounds(world)
    _, until = await world.bot.service(QuietService).skip(GroupId(1), world.bob.id)
    assert until == DUE + timedelta(hours=1)
    status = text(await world.alice.slash(world.channel, "checkin status"))
    assert f"<@{world.bob.id}>" in status.split("Away")[1]


async def test_a_pace_of_ones_own_ends_with_the_membership_and_only_members_have_one(
    world: World,
) -> None:
    await rounds(world)
    own = await world.bob.slash(world.channel, "checkin status")
    await world.bob.click(own.response, label="Slow down: every second round")
    await world.bob.slash(world.channel, "group leave")
    await world.bob.slash(world.channel, "group join")
    status = text(await world.bob.slash(world.channel, "checkin status"))
    assert "Resting" not in status
    stranger = await world.cara.slash(world.channel, "checkin status")
    assert "Slow down" not in text(stranger)


async def test_a_group_with_nobody_posting_asks_its_organiser_what_should_change(
    world: World,
) -> None:
    await rounds(world)
    await world.forward(DUE + WEEK + DAY)
    asked = shown(world, "What should change")
    assert f"<@{world.organiser.id}>" in text(asked)
    assert not [said for said in direct(world, world.bob) if "have not heard" in said]
    refused = await world.alice.click(asked, label="Every two weeks")
    assert "Only organisers" in text(refused)
    await world.restart()
    await world.organiser.click(asked, label="Every two weeks")
    assert "every two weeks, Sundays" in text(shown(world, "when check-ins are due"))
    await world.forward(DUE + 4 * WEEK)
    assert sum("What should change" in text(m) for m in world.channel.history()) == 0


async def test_a_deleted_channel_loses_nothing_and_the_organiser_is_told(world: World) -> None:
    await rounds(world)
    await post(world, world.alice, "Read chapter 3")
    world.env.backend.delete_channel(world.channel.id)
    await world.env.settle()
    await world.forward(DUE + timedelta(minutes=1))
    told = direct(world, world.organiser)
    assert any("I cannot post the prompt" in said for said in told)
    assert any("I cannot post the digest" in said for said in told)

    elsewhere = world.guild.create_text_channel("new-home")
    await world.organiser.slash(elsewhere, "group edit", channel=elsewhere)
    await world.forward(timedelta(minutes=3))
    assert any("Read chapter 3" in text(m) for m in elsewhere.history())
    status = text(await world.alice.slash(elsewhere, "checkin status"))
    assert "round 2" in status


async def test_a_deleted_prompt_comes_back_with_the_next_check_in(world: World) -> None:
    await rounds(world)
    await world.forward(DUE - timedelta(hours=40))
    prompt = shown(world, "Who has?")
    await world.bot.delivery.message(world.channel.id, prompt.id, world.guild.id).delete()
    await post(world, world.alice)
    await world.env.settle()
    assert "1 of 3" in text(shown(world, "Who has?"))


async def test_who_left_the_group_is_neither_missed_nor_reminded(world: World) -> None:
    await rounds(world)
    await post(world, world.bob, "My last")
    await world.bob.slash(world.channel, "group leave")
    await world.alice.slash(world.channel, "group leave")
    await world.forward(DUE)
    digest = text(shown(world, "1 person checked in"))
    assert "My last" in digest
    assert f"<@{world.alice.id}>" not in digest
    assert not [said for said in direct(world, world.alice) if "is due" in said]


async def test_a_pod_is_shown_check_ins_and_told_of_silence_instead_of_the_organiser(
    world: World,
) -> None:
    await rounds(world)
    now = world.clock.now()
    async with world.bot.store.transaction() as tx:
        await tx.pods.propose(
            [(world.alice.id, world.bob.id)],
            guild_id=world.guild.id,
            group_id=GroupId(1),
            size=2,
            formed_by=world.organiser.id,
            now=now,
        )
        (pod,) = await tx.pods.proposed(GroupId(1))
        await tx.pods.edit([pod.id], opened_at=now)
    card = await world.bot.cards.publish(
        CardKind.POD, pod.id, world.guild.id, to_channel(world.channel.id)
    )
    message = world.bot.delivery.message(card.channel_id, card.message_id, world.guild.id)
    await message.create_thread(name="Pod 1")
    for number in range(2):
        await world.forward(DUE + number * WEEK - timedelta(hours=30))
        await post(world, world.alice, f"Week {number}")
        await post(world, world.organiser, f"Week {number}")
    await world.forward(DUE + WEEK + DAY)
    said = [
        request.json.get("content") or ""
        for request in world.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/channels/{message.id}/messages")
    ]
    shared = [one for one in said if f"<@{world.alice.id}> checked in" in one]
    assert ["Week 0" in shared[0], "Week 1" in shared[1]] == [True, True]
    assert len(shared) == 2
    assert [f"<@{world.bob.id}>" in one for one in said if "not heard from" in one] == [True]
    assert not [one for one in direct(world, world.organiser) if "quiet for two rounds" in one]
