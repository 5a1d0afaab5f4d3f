"""Help with what is in the way: who has the skill and said so is offered, and asked first."""

from __future__ import annotations

from typing import Any

import pytest

from cogs.people.compatibility import skills_in
from data.states import Audience, Purpose
from tests.e2e.checkins.test_commitments import direct
from tests.e2e.people.test_profiles import person
from tests.world import Person, World, text

STUCK = "CUDA errors on the cluster, again"


async def mentor(world: World, who: Person, **values: Any) -> None:
    said = {"open_to": (Purpose.MENTORING,), "interests": "cuda, sparse probes", "level": ["4"]}
    await person(world, who, **(said | values))


async def stuck(world: World, who: Person, blocked: str = STUCK) -> Any:
    """Post a check-in; return what is offered to whoever posted it."""
    result = await who.slash(world.channel, "checkin post", did="Tried", blocked=blocked)
    await world.env.settle()
    return result


def offers(world: World) -> list[Any]:
    return [
        request.json
        for request in world.env.http_requests
        if request.method == "POST"
        and "/webhooks/" in request.path
        and "may know the way" in str(request.json)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CUDA errors on the cluster", ["cuda"]),
        ("I do not trust my sparse probe", ["sparse probes"]),
        ("mechanistc interpretability is hard", ["mechanistic interpretability"]),
        ("just must trust", []),
        ("the probes are sparse, on CUDA", ["cuda", "sparse probes"]),
        ("", []),
    ],
)
def test_a_blocker_is_about_the_skills_whose_words_are_in_it(text: str, found: list[str]) -> None:
    tags = ["cuda", "sparse probes", "rust", "mechanistic interpretability", "c++", "!"]
    assert skills_in(text, tags) == found


async def test_who_is_stuck_is_offered_somebody_alone_and_they_are_asked_first(
    world: World,
) -> None:
    await world.group()
    await mentor(world, world.bob)
    await mentor(world, world.cara, interests="gardening")
    shown = await stuck(world, world.alice)
    (offer,) = offers(world)
    assert f"<@{world.bob.id}>: cuda; level 4: doing research" in str(offer)
    assert f"<@{world.cara.id}>" not in str(offer)
    assert offer["flags"] & 64, "nobody else sees it"
    assert not [one for one in direct(world, world.bob) if "stuck" in one], "nobody was pinged"
    assert "may know the way" not in "".join(text(one) for one in world.channel.history())

    asked = await world.alice.click(shown.followups[-1], label="Ask")
    assert "I'm asking" in text(asked)
    await world.restart()
    await world.bot.deadlines.run_due()
    await world.env.settle()
    question = next(
        one
        for one in world.bob.user.dm_channel.history()
        if "you may know how to go on" in text(one)
    )
    assert STUCK in text(question)
    await world.bob.user.click(question, label="Introduce us")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    said = [str(one.content) for thread in world.channel.threads for one in thread.history()]
    assert any("what have you tried so far" in one for one in said)


async def test_nobody_is_offered_who_hid_it_did_not_opt_in_is_away_or_below(world: World) -> None:
    await world.group()
    await person(world, world.alice, level=["3"])
    await mentor(world, world.bob, seen_by=Audience.NOBODY)
    await mentor(world, world.cara, hide=("interests",))
    await mentor(world, world.organiser, open_to=())
    dan, eve = world.join("dan"), world.join("eve")
    await mentor(world, dan, level=["2"])
    await mentor(world, eve)
    await eve.slash(world.channel, "group join")
    await eve.slash(world.channel, "group pause", until="in 5 days")
    await stuck(world, world.alice)
    assert offers(world) == []
    await stuck(world, world.alice, "no")
    assert offers(world) == []


async def test_a_made_up_button_asks_nobody(world: World) -> None:
    await world.group()
    await mentor(world, world.bob)
    await mentor(world, world.cara, interests="gardening")
    shown = await stuck(world, world.alice)
    async with world.bot.store.read() as tx:
        group = (await tx.groups.of_server(world.guild.id))[0]
        last = await tx.checkins.last_of(group.id, world.alice.id)
    assert last is not None
    from tests.security.stage import press

    not_mine = await press(world.cara, world.channel, f"people:help:{world.bob.id}:{last.id}")
    assert "not a check-in of yours" in text(not_mine)
    no_helper = await press(world.alice, world.channel, f"people:help:{world.cara.id}:{last.id}")
    assert "not open to that" in text(no_helper)
    await world.alice.click(shown.followups[-1], label="Ask")
    again = await world.alice.click(shown.followups[-1], label="Ask")
    assert "in the last 30 days" in text(again)


async def test_only_members_take_part_in_helping(world: World) -> None:
    from tests.e2e.checkins.test_rounds import DUE, rounds
    from tests.e2e.checkins.test_rounds import shown as card

    await rounds(world)
    await stuck(world, world.alice)
    await world.forward(DUE)
    digest = card(world, "who can help?")
    refused = await world.cara.click(digest, label="I can help")
    assert "for members of Mech Interp" in text(refused)
