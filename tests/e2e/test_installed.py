"""The bot in a server that added its commands, but not the bot."""

from __future__ import annotations

from tests.world import World, text


async def test_commands_without_the_bot_say_how_to_add_it(world: World) -> None:
    """The scope ``applications.commands`` alone makes nobody a member of the server (OAuth2)."""
    world.bot._connection._guilds.pop(world.guild.id)
    for command in ("cohort setup", "cohort help", "meeting list"):
        shown = text(await world.organiser.slash(world.channel, command))
        assert "without the scope `bot`" in shown
        assert f"guild_id={world.guild.id}" in shown
