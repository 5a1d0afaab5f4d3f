"""Which servers are a process's own: those of its shards.

Whatever happens in a server, the process that has its shard does it: hears its events, answers its
people, delivers what is due there, keeps its cards. So what a process remembers needs no sharing.
"""

from __future__ import annotations

from msgspec import Struct

AT = 22
"""The bit of a server's id at which what decides its shard begins:
https://discord.com/developers/docs/events/gateway#sharding."""


def shard_of(guild_id: int, total: int) -> int:
    """Return which of ``total`` shards is told of a server."""
    return (guild_id >> AT) % total


class Shards(Struct, frozen=True):
    """The shards that a process has, ``own``, of ``total``; these defaults are all there is."""

    total: int = 1
    own: tuple[int, ...] = (0,)

    def __str__(self) -> str:
        """Name them as COHORT_SHARD_IDS does, with how many there are: “0-1 of 4”."""
        runs: list[list[int]] = []
        for shard in self.own:
            if runs and shard == runs[-1][-1] + 1:
                runs[-1].append(shard)
            else:
                runs.append([shard])
        named = (f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
        return f"{','.join(named)} of {self.total}"

    @property
    def is_all(self) -> bool:
        """Whether there is no other process."""
        return len(self.own) == self.total

    @property
    def is_first(self) -> bool:
        """Whether what one process does for all is done here."""
        return 0 in self.own

    @property
    def share(self) -> float:
        """How much of everything this is, from 0 to 1."""
        return len(self.own) / self.total

    def has(self, guild_id: int) -> bool:
        """Whether a server is of these shards."""
        return shard_of(guild_id, self.total) in self.own


ALL = Shards()
"""Every server."""
