"""Setting up, and finding one's way."""

from __future__ import annotations

import re

import discord

from bot.ui.permissions import IN_CHANNEL, INVITE
from tests.world import World, text


async def test_set_up_saves_what_is_given_and_lists_nothing_missing(world: World) -> None:
    role = world.guild.create_role("Facilitators")
    shown = await world.organiser.slash(
        world.channel, "cohort setup", timezone="europe/london", organisers=role
    )
    assert shown.ephemeral
    assert "Europe/London" in text(shown)
    assert role.mention in text(shown)
    assert "Everything that is needed is there" in text(shown)

    await world.organiser.slash(world.channel, "cohort setup", announcements=world.channel)
    again = await world.organiser.slash(world.channel, "cohort setup")
    assert "Europe/London" in text(again), "what was not given stays"


async def test_the_organiser_role_makes_organisers_and_nothing_else_does(world: World) -> None:
    role = world.guild.create_role("Facilitators")
    await world.organiser.slash(world.channel, "cohort setup", organisers=role)
    fran = world.join("fran", role)

    made = await fran.slash(world.channel, "group create", name="A", focus="a paper")
    assert not made.ephemeral
    refused = await fran.slash(world.channel, "cohort setup", timezone="UTC")
    assert "Manage Server" in text(refused)


async def test_every_missing_permission_is_named_with_the_channel_and_its_purpose(
    world: World,
) -> None:
    assert world.bot.user is not None
    quiet = world.guild.create_text_channel(
        "quiet", overwrites={world.bot.user: discord.PermissionOverwrite(add_reactions=False)}
    )
    await world.group(channel=quiet)
    less = discord.Permissions(INVITE.value)
    less.update(create_events=False)
    world.allow(less)
    shown = text(await world.organiser.slash(world.channel, "cohort setup"))
    assert f"Add Reactions** in {quiet.mention}: {IN_CHANNEL['add_reactions']}" in shown
    assert "Create Events** in the server" in shown


async def test_a_wrong_zone_is_given_back_in_the_form_with_what_to_do(world: World) -> None:
    panel = await world.organiser.slash(world.channel, "cohort setup")
    assert panel.response is not None
    form = await world.organiser.click(panel.response, label="Another city")
    refused = await world.organiser.submit_modal(form, {"timezone": "Europ/Lndon"})
    assert "Europe/London" in text(refused), "a suggestion"
    assert "Europ/Lndon" in text(refused), "what was typed"

    assert refused.response is not None
    again = await world.organiser.click(refused.response, label="Open it again")
    assert "Europ/Lndon" in text(again), "the form holds what was typed"
    await world.organiser.submit_modal(again, {"timezone": "Europe/London"})
    assert "Europe/London" in text(await world.organiser.slash(world.channel, "cohort setup"))


async def test_a_form_opened_before_a_restart_is_taken_after_it(world: World) -> None:
    panel = await world.organiser.slash(world.channel, "cohort setup")
    assert panel.response is not None
    form = await world.organiser.click(panel.response, label="Another city")
    await world.restart()
    await world.organiser.submit_modal(form, {"timezone": "Asia/Kolkata"})
    assert "Asia/Kolkata" in text(await world.organiser.slash(world.channel, "cohort setup"))


async def test_help_says_where_one_stands_and_what_to_do_first(world: World) -> None:
    before = text(await world.alice.slash(world.channel, "cohort help"))
    assert "ask an organiser" in before
    await world.group()
    after = text(await world.alice.slash(world.channel, "cohort help"))
    assert "Mech Interp" in after


async def test_help_on_a_topic_and_on_one_that_is_unknown(world: World) -> None:
    assert "Discord timestamp" in text(
        await world.alice.slash(world.channel, "cohort help", topic="times")
    )
    assert "I have no help on" in text(
        await world.alice.slash(world.channel, "cohort help", topic="cooking")
    )
    for words, says in (("pods", "/pod show"), ("boards", "/project propose"), ("polls", "👍")):
        assert says in text(await world.alice.slash(world.channel, "cohort help", topic=words))


async def test_commands_are_synced_once_and_again_only_when_they_changed(world: World) -> None:
    def syncs() -> int:
        return sum(
            1
            for request in world.env.http_requests
            if request.method == "PUT" and request.path.endswith("/commands")
        )

    assert syncs() == 1
    await world.restart()
    assert syncs() == 1
    async with world.bot.store.transaction() as tx:
        await tx.notes.put("commands", "of another version", world.clock.now())
    await world.restart()
    assert syncs() == 2


async def test_one_server_never_sees_anothers_groups(world: World) -> None:
    card = await world.group()
    other = world.env.create_guild("Elsewhere")
    room = other.create_text_channel("room")
    stranger = world.join("stranger", guild=other)

    assert await stranger.autocomplete(room, "group show", "group", "mech") == []
    assert "no group called" in text(await stranger.slash(room, "group show", group="Mech Interp"))
    assert "no group called" in text(await stranger.slash(room, "group show", group="#1"))
    assert card.id


async def test_every_command_that_help_names_exists(world: World) -> None:
    known = {one.qualified_name for one in world.bot.tree.walk_commands()}
    for topic in ("groups", "check-ins", "commitments", "reading", "projects", "people"):
        shown = text(await world.alice.slash(world.channel, "cohort help", topic=topic))
        for named in re.findall(r"`/([a-z]+ [a-z]+(?: [a-z]+)?)", shown):
            words = named.split()
            assert {" ".join(words[:2]), " ".join(words[:3])} & known, named
