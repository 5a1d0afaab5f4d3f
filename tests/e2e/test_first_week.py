"""From the invitation to a living group, without the manual."""

from __future__ import annotations

import discord

from bot.ui.permissions import INVITE
from tests.world import World, text


async def test_a_server_is_greeted_once_where_the_bot_can_post(world: World) -> None:
    other = world.env.create_guild("Another")
    assert world.bot.user is not None
    deaf = discord.PermissionOverwrite(send_messages=False)
    other.create_text_channel("rules", overwrites={world.bot.user: deaf})
    general = other.create_text_channel("general")
    await world.env.settle()
    assert "Hello, I'm Cohort" in text(general.last_message)
    assert "Set up" in text(general.last_message)
    await world.restart()
    await world.env.settle()
    assert len(general.history()) == 1, "once"


async def test_the_walk_goes_from_zone_to_the_first_group(world: World) -> None:
    role = world.guild.create_role("Facilitators")
    shown = await world.organiser.slash(world.channel, "cohort setup")
    assert "1 of 6: time zone" in text(shown)
    shown = await world.organiser.select(shown.response, ["Europe/London"], custom_id="setup:zone")
    assert "2 of 6: organisers" in text(shown)
    shown = await world.organiser.select(shown.response, [role], custom_id="setup:role")
    assert "3 of 6: channels" in text(shown)
    assert "cannot ping" in text(shown), "the role cannot be mentioned"
    shown = await world.organiser.select(
        shown.response, [str(world.channel.id)], custom_id="setup:channel:no"
    )
    await world.restart()
    shown = await world.organiser.slash(world.channel, "cohort setup")
    assert "4 of 6: first group" in text(shown), "taken up where it was left"
    form = await world.organiser.click(shown.response, label="Make the first group")
    shown = await world.organiser.submit_modal(
        form, {"name": "Readers", "focus": "the ARENA course", "channel": [str(world.channel.id)]}
    )
    assert "5 of 6: its check-ins" in text(shown)
    assert "Readers" in text(world.channel.last_message)


async def test_nobody_without_manage_server_walks(world: World) -> None:
    refused = await world.alice.slash(world.channel, "cohort setup")
    assert "Manage Server" in text(refused)


async def test_a_channel_where_the_bot_cannot_post_is_refused_before_anything_is_written(
    world: World,
) -> None:
    assert world.bot.user is not None
    deaf = world.guild.create_text_channel(
        "deaf", overwrites={world.bot.user: discord.PermissionOverwrite(send_messages=False)}
    )
    refused = await world.organiser.slash(
        world.channel, "group create", name="A", focus="a paper", channel=deaf
    )
    assert "Send Messages" in text(refused)
    assert refused.ephemeral
    async with world.bot.store.read() as tx:
        assert await tx.groups.of_server(world.guild.id) == []


async def test_a_group_cannot_live_in_a_forum_or_a_voice_channel(world: World) -> None:
    voice = world.guild.create_voice_channel("talk")
    refused = await world.organiser.slash(voice, "group create", name="A", focus="a paper")
    assert "voice channel" in text(refused)


async def test_nothing_missing_where_everything_is_allowed(world: World) -> None:
    world.allow(INVITE)
    made = await world.organiser.slash(world.channel, "group create", name="A", focus="a paper")
    assert not made.ephemeral


async def test_the_card_is_home_and_leads_to_check_ins_and_meetings(world: World) -> None:
    await world.group()
    card = world.channel.last_message
    for label in ("Join", "Check in", "What's coming", "Plan a meeting", "Propose a paper"):
        assert label in text(card)
    refused = await world.alice.click(card, custom_id="group:manage:1")
    assert "Only organisers" in text(refused)
    shown = await world.organiser.click(card, custom_id="group:manage:1")
    form = await world.organiser.click(shown.response, label="When check-ins are due")
    done = await world.organiser.submit_modal(
        form, {"cadence": ["weekly"], "day": ["sunday"], "time": "18:00", "timezone": ""}
    )
    assert "every week, Sundays" in text(done)
    form = await world.alice.click(card, label="Check in")
    await world.alice.submit_modal(form, {"did": "read chapter 1", "next": "", "blocked": ""})
    invitation = await world.organiser.click(shown.response, label="Invite text")
    assert "the ARENA course" in text(invitation)


async def test_a_meeting_is_planned_in_a_form_that_opens_again(world: World) -> None:
    card = await world.group()
    form = await world.alice.click(card, label="Plan a meeting")
    refused = await world.alice.submit_modal(
        form, {"title": "Toy models", "when": "tue 25:00", "where": "https://example.org/room"}
    )
    form = await world.alice.click(refused.response, label="Open it again")
    assert "Toy models" in text(form)
    made = await world.alice.submit_modal(
        form, {"title": "Toy models", "when": "tue 19:00", "where": "https://example.org/room",
               "repeat": ["weekly"]}
    )  # fmt: skip
    assert "Toy models" in text(world.channel.last_message)
    rest = await world.alice.click(made.followups[-1], label="Ping, leader, capacity, length")
    done = await world.alice.submit_modal(
        rest, {"capacity": "6", "minutes": "90", "prerequisites": "", "ping": ["members"]}
    )
    assert "is changed, and its ping follows" in text(done)
    (pinged,) = [one for one in world.channel.history() if "is on <t:" in text(one)]
    assert {one.id for one in pinged.mentions} == {world.organiser.id, world.bob.id}
    coming = await world.bob.click(card, label="What's coming")
    assert "Toy models" in text(coming)
    assert coming.ephemeral


async def test_joining_says_what_is_next(world: World) -> None:
    card = await world.group()
    form = await world.alice.click(card, label="Plan a meeting")
    await world.alice.submit_modal(form, {"title": "Toy models", "when": "tue 19:00"})
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    joined = await world.cara.click(card, label="Join")
    assert "Toy models" in text(joined)
    assert "round 1" in text(joined)
    assert "My time zone and reminders" in text(joined)


async def test_a_new_groups_maker_is_told_what_comes_next(world: World) -> None:
    made = await world.organiser.slash(world.channel, "group create", name="A", focus="a paper")
    for label in ("Schedule check-ins", "Plan a meeting", "Invite text"):
        assert label in text(made.followups[-1])
    assert "read in UTC" in text(made.followups[-1]), "nobody has said where the group is"
    other = world.guild.create_text_channel("other")
    made = await world.organiser.slash(
        other, "group create", name="B", focus="a paper", timezone="Paris"
    )
    assert "UTC" not in text(made.followups[-1])


async def test_help_is_a_place_with_what_is_next_and_topics(world: World) -> None:
    await world.group()
    shown = await world.alice.slash(world.channel, "cohort help")
    assert "Check in: Mech Interp" in text(shown)
    assert "Health" not in text(shown), "that is for organisers"
    topic = await world.alice.select(shown.response, ["times"], custom_id="help:topic")
    assert "Discord timestamp" in text(topic)
    home = await world.alice.click(topic.response, label="Where I stand")
    assert "Your groups" in text(home)
    form = await world.alice.click(home.response, label="Check in: Mech Interp")
    assert form.modal is not None
    shown = await world.organiser.slash(world.channel, "cohort help")
    for label in ("Set up", "New group", "Health"):
        assert label in text(shown)
    health = await world.organiser.click(shown.response, label="Health")
    assert "Everything is well" in text(health)


async def test_commands_are_links_in_help_and_in_refusals(world: World) -> None:
    shown = await world.alice.slash(world.channel, "cohort help", topic="groups")
    assert shown.response is not None
    assert "</group join:" in str(shown.response.embeds[0].to_dict())
    refused = await world.alice.slash(world.channel, "checkin post", did="read")
    assert refused.response is not None
    assert "</group create:" in refused.response.content


async def test_one_button_sets_ones_zone_and_reminders(world: World) -> None:
    card = await world.group()
    joined = await world.cara.click(card, label="Join")
    form = await world.cara.click(joined.response, label="My time zone and reminders")
    done = await world.cara.submit_modal(
        form,
        {"timezone": "Nairobi", "how": ["thread"], "quiet_from": "22:00", "quiet_until": "8:00"},
    )
    assert "22:00 to 08:00 (Africa/Nairobi)" in text(done)
