"""Discord's error codes, and what each of them means for whatever was being sent.

Codes are those of Discord's documentation (Topics → Opcodes and Status Codes → JSON Error Codes),
and a few that it leaves out but sends: where that is so, the code says where it was seen.
"""

from __future__ import annotations

from enum import Enum, IntEnum, auto

import discord


class Code(IntEnum):
    """The ``code`` of an error's body, by name."""

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_GUILD = 10004
    UNKNOWN_MEMBER = 10007
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_USER = 10013
    UNKNOWN_WEBHOOK = 10015
    UNKNOWN_INTERACTION = 10062
    UNKNOWN_EVENT = 10070
    SLOWMODE = 20016
    FLAGGED_AS_SPAM = 20026
    """Undocumented: the bot is quarantined and opens no more direct messages (discord.py #9829)."""
    CHANNEL_WRITES_TOO_FAST = 20028
    SERVER_WRITES_TOO_FAST = 20029
    TOO_MANY_PINS = 30003
    TOO_MANY_REACTIONS = 30010
    TOO_MANY_EVENTS = 30038
    OLD_MESSAGE_EDITED_TOO_OFTEN = 30046
    """A limit that passes: an old message takes a few edits now and again."""
    OPENING_DIRECT_MESSAGES_TOO_FAST = 40003
    TOO_LARGE = 40005
    POST_NEEDS_A_TAG = 40067
    MISSING_ACCESS = 50001
    EMPTY_MESSAGE = 50006
    CANNOT_MESSAGE_USER = 50007
    NOT_A_TEXT_CHANNEL = 50008
    MISSING_PERMISSIONS = 50013
    WRONG_CHANNEL_TYPE = 50024
    INVALID_WEBHOOK_TOKEN = 50027
    INVALID_RECIPIENT = 50033
    INVALID_BODY = 50035
    THREAD_ARCHIVED = 50083
    THREAD_EXISTS = 160004
    THREAD_LOCKED = 160005
    TOO_MANY_THREADS = 160006
    BLOCKED_BY_AUTOMOD = 200000
    TITLE_BLOCKED_BY_AUTOMOD = 200001


class Refusal(Enum):
    """What a refusal means for the message, thread, event or edit that was refused."""

    NEXT_PLACE = auto()
    """This place takes nothing from us: the next one may."""
    CLOSED = auto()
    """This person takes no direct messages from us."""
    LEFT = auto()
    """This person is not there any more."""
    LATER = auto()
    """It passes by itself; the same request works later."""
    DEFECT = auto()
    """The request itself is wrong, and would be anywhere."""


_CLOSED = {Code.CANNOT_MESSAGE_USER, Code.INVALID_RECIPIENT}
_LEFT = {Code.UNKNOWN_USER, Code.UNKNOWN_MEMBER}
_LATER = {
    Code.SLOWMODE,
    Code.CHANNEL_WRITES_TOO_FAST,
    Code.SERVER_WRITES_TOO_FAST,
    Code.OLD_MESSAGE_EDITED_TOO_OFTEN,
    Code.OPENING_DIRECT_MESSAGES_TOO_FAST,
}
# Discord answers these with 400, which otherwise says that the request is wrong.
_NEXT_PLACE = {
    Code.FLAGGED_AS_SPAM,
    Code.POST_NEEDS_A_TAG,
    Code.NOT_A_TEXT_CHANNEL,
    Code.WRONG_CHANNEL_TYPE,
    Code.THREAD_LOCKED,
    Code.TOO_MANY_THREADS,
    Code.BLOCKED_BY_AUTOMOD,
    Code.TITLE_BLOCKED_BY_AUTOMOD,
}


def refusal(error: discord.HTTPException) -> Refusal:
    """Return what a refusal means: by its code where that is known, else by its status."""
    # The code goes first, because Discord answers quite different things with one status: a closed
    # conversation, a missing permission and a thread that is locked are all 403 or 400.
    code = error.code
    if code in _CLOSED:
        return Refusal.CLOSED
    if code in _LEFT:
        return Refusal.LEFT
    # A 5xx is about Discord and not about the request, even where its body says that something is
    # unknown.
    if code in _LATER or error.status == 429 or error.status >= 500:
        return Refusal.LATER
    if code in _NEXT_PLACE or error.status in (403, 404):
        return Refusal.NEXT_PLACE
    return Refusal.DEFECT


REASONS: dict[int, str] = {
    Code.UNKNOWN_CHANNEL: "the channel was deleted",
    Code.MISSING_ACCESS: "I can't see the channel (View Channel)",
    Code.MISSING_PERMISSIONS: "I'm not allowed to post there (Send Messages)",
    Code.CANNOT_MESSAGE_USER: "their direct messages are closed",
    Code.INVALID_RECIPIENT: "they take no direct messages",
    Code.UNKNOWN_USER: "their account was deleted",
    Code.NOT_A_TEXT_CHANNEL: "it isn't a channel for messages",
    Code.POST_NEEDS_A_TAG: "a post in that forum needs a tag",
    Code.THREAD_LOCKED: "the thread is locked",
    Code.TOO_MANY_THREADS: "the server has as many threads as Discord allows",
    Code.TOO_MANY_EVENTS: "the server has as many events as Discord allows",
    Code.FLAGGED_AS_SPAM: "Discord lets me open no direct messages just now",
    Code.OPENING_DIRECT_MESSAGES_TOO_FAST: "I have opened many direct messages just now",
    Code.BLOCKED_BY_AUTOMOD: "the server's AutoMod blocked it",
    Code.TITLE_BLOCKED_BY_AUTOMOD: "the server's AutoMod blocked its title",
}


def reason(error: discord.HTTPException) -> str:
    """Say in words why Discord refused."""
    return REASONS.get(error.code, error.text or f"Discord answered {error.status}")
