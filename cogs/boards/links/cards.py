"""What a link looks like as a message."""

from __future__ import annotations

from bot.base import when
from cogs.boards.links.service import Watched
from cogs.boards.wording import short, who
from data.boards.log import Link
from data.states import WatchState

WATCHING = "👁️"
"""Marks a link that is watched for change."""

UNWATCHED = {
    WatchState.DENIED: "it is not open to everybody, or not there",
    WatchState.GONE: "it is not there any more",
    WatchState.UNSTEADY: "it is another page at each look",
}


def link(found: Watched) -> str:
    """Show one link, and whether it is watched."""
    watch = found.watch
    lines = [f"🔗 **{short(found.link.label, 120)}** · <{found.link.url}>"]
    if watch is None:
        lines.append("It is not watched: what changes there does not show here.")
    elif watch.state is WatchState.WATCHED:
        said = f"{WATCHING} It is watched: a change there is a line in the log and a sign of life."
        if watch.changed_at is not None:
            said += f" Changed {when.stamp(watch.changed_at, 'R')}."
        lines.append(said)
        if watch.checked_at is not None:
            lines.append(f"-# checked {when.stamp(watch.checked_at, 'R')}")
    else:
        lines.append(f"It cannot be watched: {UNWATCHED[watch.state]}.")
    return "\n".join(lines)


def removed(link: Link, by: int) -> str:
    """Tell that a link is off the board, with its address, in case somebody wants it back."""
    return f"🔗 {who(by)} took **{short(link.label, 120)}** off the board. It led to <{link.url}>"
