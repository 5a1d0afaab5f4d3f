"""What holds for a server's settings."""

from __future__ import annotations

from bot.base.errors import InvalidInput


def check_boards(channel_id: int, *, media: bool) -> None:
    """Raise InvalidInput for a media channel, which Discord offers wherever a forum may be given.

    Each post there needs a picture or a video, and a board's first message is a card.
    """
    if media:
        raise InvalidInput(
            f"<#{channel_id}> is a media channel, and boards open as threads of a forum or of a "
            "text channel. Give one of those with `boards:`."
        )
