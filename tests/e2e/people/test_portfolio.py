"""The portfolio: what somebody did, with its evidence, seen by whom they share it with."""

from __future__ import annotations

from datetime import timedelta

import discord
from simcord.results import InteractionResult

from data.server.groups import GroupId
from tests.e2e.people.test_profiles import person
from tests.e2e.reading.steps import last_card
from tests.world import World, text


async def work(world: World) -> None:
    """As alice, check in, keep a commitment, lead a meeting, and run a project's result."""
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    await world.alice.slash(world.channel, "checkin post", did="A *thing*", next="Write <it> up")
    await world.alice.slash(world.channel, "commitment done", commitment="Write <it> up")
    await world.alice.slash(
        world.channel,
        "meeting schedule",
        title="Superposition",
        when="fri 18:00",
        facilitator=world.alice,
    )
    await world.forward(timedelta(days=5))


async def files(result: InteractionResult) -> dict[str, str]:
    assert result.response is not None
    found: list[discord.Attachment] = result.response.message.attachments
    return {one.filename: (await one.read()).decode() for one in found}


async def test_a_portfolio_holds_what_was_done_and_every_line_links_to_its_message(
    world: World,
) -> None:
    await work(world)
    shown = await world.alice.slash(world.channel, "profile portfolio")
    assert shown.ephemeral
    said = text(shown)
    assert "1 meeting" in said
    assert "1 check-in" in said
    assert "1 commitment kept of 1" in said
    assert last_card(world, "Superposition").jump_url in said
    both = await files(shown)
    assert "1 meeting, 1 facilitated" in said
    assert "Superposition: facilitated" in both["portfolio.md"]
    lines = [one for one in both["portfolio.md"].splitlines() if one.startswith("- ")]
    assert len(lines) == 3
    assert all("https://discord.com/channels/" in one for one in lines)
    assert "round 1 ([evidence](https://discord.com/channels/" in both["portfolio.md"]
    assert "Write &lt;it&gt; up" in both["portfolio.html"]
    assert 'href="https://discord.com/channels/' in both["portfolio.html"]


async def test_nobody_else_sees_it_until_it_is_shared_and_not_after(world: World) -> None:
    await work(world)
    refused = await world.bob.slash(world.channel, "profile portfolio", person=world.alice)
    assert "shares no portfolio" in text(refused)
    own = await world.alice.slash(world.channel, "profile portfolio")
    assert own.response is not None
    await world.alice.click(own.response, label="Share it with this server")
    shared = await world.bob.slash(world.channel, "profile portfolio", person=world.alice)
    assert "Superposition" in text(shared)
    await world.restart()
    await world.alice.click(own.response, label="Stop sharing it")
    again = await world.bob.slash(world.channel, "profile portfolio", person=world.alice)
    assert "shares no portfolio" in text(again)


async def test_an_empty_one_says_how_it_fills(world: World) -> None:
    empty = await world.cara.slash(world.channel, "profile portfolio")
    assert "is collected here by itself" in text(empty)


async def test_projects_results_and_reviews_are_in_it(world: World) -> None:
    await world.group()
    await world.alice.slash(
        world.channel, "project propose", paper="A paper on paper", title="Attention again"
    )
    thread = next(one for one in world.channel.threads if "Attention" in str(one.name))
    await world.bob.slash(thread, "project join")
    await world.alice.slash(
        thread,
        "claim add",
        statement="It works",
        metric="accuracy",
        reported="0.91",
    )
    await world.alice.slash(
        thread, "result log", claim="C1", value="0.90", evidence="https://example.org/run"
    )
    await world.bob.slash(
        thread, "result review", result="C1 R1", decision="confirm", reason="I ran it too"
    )
    alice = await files(await world.alice.slash(world.channel, "profile portfolio"))
    assert "Attention again: lead" in alice["portfolio.md"]
    bob = await files(await world.bob.slash(world.channel, "profile portfolio"))
    assert "Attention again: member" in bob["portfolio.md"]
    line = "claim 1 (It works), result 1: 0.90; confirmed; the claim: inconclusive"
    assert "## 1 result run" in alice["portfolio.md"]
    assert f"{line} ([evidence](https://example.org/run))" in alice["portfolio.md"]
    assert "## 1 result reviewed" in bob["portfolio.md"]
    assert line in bob["portfolio.md"]


async def test_readings_and_the_level_are_in_it_as_far_as_they_are_shown(world: World) -> None:
    await work(world)
    await world.organiser.slash(world.channel, "meeting list")
    await person(world, world.alice, level=["3"], hide=("level",))
    own = await world.alice.slash(world.channel, "profile portfolio")
    assert "Level 3: reproducing papers · mech interp, evals" in text(own)
    page = (await files(own))["portfolio.html"]
    assert "Level 3: reproducing papers · mech interp, evals" in page
    assert own.response is not None
    await world.alice.click(own.response, label="Share it with this server")
    shared = await world.bob.slash(world.channel, "profile portfolio", person=world.alice)
    assert "mech interp, evals" in text(shared)
    assert "reproducing papers" not in text(shared) + (await files(shared))["portfolio.html"]


async def test_a_long_portfolio_fits_into_a_message_and_the_files_hold_all(world: World) -> None:
    await world.group()
    now = world.clock.now()
    async with world.bot.store.transaction() as tx:
        for number in range(40):
            await tx.checkins.add(
                guild_id=world.guild.id,
                group_id=GroupId(1),
                round_id=None,
                user_id=world.alice.id,
                questions=("What?", "", "", ""),
                did="x",
                next="",
                blocked="",
                extra="",
                late=False,
                posted_at=now - timedelta(days=number),
            )
    shown = await world.alice.slash(world.channel, "profile portfolio")
    assert "40 check-ins" in text(shown)
    assert "and 37 more" in text(shown)
    assert (await files(shown))["portfolio.md"].count("Mech Interp") == 40
