"""Servers by the shard that is told of them."""

from __future__ import annotations

from datetime import timedelta

from .models import Channel, Permission, User
from .world import World


def servers_of(world: World, shards: int) -> list[tuple[Channel, User]]:
    """Make a server for each shard; returns a channel and an organiser of each, in order."""
    found: dict[int, tuple[Channel, User]] = {}
    while len(found) < shards:
        world.clock.offset += timedelta(milliseconds=1)
        guild = world.add_guild("Study hall")
        shard = (guild.id >> 22) % shards
        if shard in found:
            del world.guilds[guild.id]
            continue
        channel = world.add_channel(guild, "mech-interp")
        olga = world.add_person("Olga", guild)
        world.add_role(guild, "Organisers", Permission.MANAGE_GUILD, olga)
        found[shard] = channel, olga
    return [found[shard] for shard in range(shards)]
