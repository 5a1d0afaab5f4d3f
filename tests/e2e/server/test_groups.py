"""Groups, as people use them."""

from __future__ import annotations

from tests.world import World, text


async def test_a_group_is_made_joined_and_left_also_across_a_restart(world: World) -> None:
    card = await world.group()
    assert "the ARENA course" in text(card)
    assert "3 members" in text(world.channel.last_message)

    await world.restart()
    left = await world.bob.click(card, label="Leave")

    assert left.ephemeral
    assert "You left" in text(left)
    assert "2 members" in text(world.channel.last_message)


async def test_only_organisers_make_groups_and_the_refusal_says_who_may(world: World) -> None:
    refused = await world.alice.slash(world.channel, "group create", name="Mine", focus="a paper")

    assert refused.ephemeral
    assert "Only organisers" in text(refused)
    assert world.channel.last_message is None


async def test_a_channel_holds_one_group(world: World) -> None:
    await world.group()
    again = await world.organiser.slash(
        world.channel, "group create", name="Another", focus="a paper"
    )
    assert "lives in" in text(again)


async def test_a_group_that_moves_back_and_forth_has_its_card_where_it_lives(world: World) -> None:
    await world.group()
    other = world.guild.create_text_channel("elsewhere")
    for home, away in ((other, world.channel), (world.channel, other)) * 2:
        await world.organiser.slash(world.channel, "group edit", group="Mech Interp", channel=home)
        await world.env.settle()
        assert sum("**Focus**" in text(one) for one in home.history()) == 1
        assert not any("**Focus**" in text(one) for one in away.history())


async def test_where_several_groups_are_possible_a_menu_asks_and_the_command_goes_on(
    world: World,
) -> None:
    await world.group()
    await world.group("Agents", world.guild.create_text_channel("agents"))
    hall = world.guild.create_text_channel("hall")

    asked = await world.cara.slash(hall, "group join")
    joined = await world.cara.select(asked.response.message, ["0"])
    assert "Welcome to" in text(joined)

    asked = await world.alice.slash(hall, "commitment add", text="Read the appendix", due="blurgh")
    assert "Which group do you mean?" in text(asked)
    refused = await world.alice.select(asked.response.message, ["1"])
    assert "I can't read `blurgh`" in text(refused)
    form = await world.alice.click(refused.response.message, label="Correct it and send it again")
    assert "Read the appendix" in text(form)

    asked = await world.alice.slash(hall, "commitment add", text="Read it all", due="in 3 days")
    added = await world.alice.select(asked.response.message, ["1"])
    assert "Read it all" in text(added)

    asked = await world.alice.slash(hall, "checkin status")
    shown = await world.alice.select(asked.response.message, ["0"])
    assert shown.ephemeral
