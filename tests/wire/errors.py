"""Refusals as Discord words them: a code, its HTTP status, its message.

Codes and messages are those of Discord's documentation ("Opcodes and Status Codes"); the status of
each is the one seen on the wire.
"""

from __future__ import annotations

from typing import Any

REFUSALS: dict[int, tuple[int, str]] = {
    0: (404, "404: Not Found"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10070: (404, "Unknown Guild Scheduled Event"),
    10087: (404, "Unknown Tag"),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30032: (400, "Maximum number of application commands reached (100)"),
    30038: (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
    30046: (
        429,
        "Maximum number of edits to messages older than 1 hour reached. Try again later.",
    ),
    40001: (401, "401: Unauthorized"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    130000: (503, "API resource is currently overloaded. Try again a little later"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}


class DiscordError(Exception):
    """A request that Discord refuses.

    ``errors`` maps the path of a field of the body to what is wrong with it; ``retry_after`` is in
    seconds and makes the refusal a rate limit.
    """

    def __init__(
        self,
        code: int,
        *,
        status: int | None = None,
        message: str | None = None,
        errors: dict[tuple[str | int, ...], str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        known_status, known_message = REFUSALS.get(code, (400, f"Error {code}"))
        self.code = code
        self.status = status or known_status
        self.message = message or known_message
        self.errors = errors or {}
        if retry_after is None and self.status == 429:
            retry_after = 1.0
        self.retry_after = retry_after
        details = "; ".join(
            f"{'.'.join(map(str, path))}: {text}" for path, text in self.errors.items()
        )
        super().__init__(f"{self.status} {code} {self.message} {details}".strip())

    def payload(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = _nested(self.errors)
        if self.retry_after is not None:
            body |= {"retry_after": self.retry_after, "global": False}
        return body


def invalid_body(*path: str | int, says: str) -> DiscordError:
    """Return the refusal of one field of a body."""
    return DiscordError(50035, errors={path: says})


def _nested(errors: dict[tuple[str | int, ...], str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, text in errors.items():
        node = tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": "INVALID", "message": text})
    return tree
