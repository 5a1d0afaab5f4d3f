"""The one way in which an error reaches a person."""

from __future__ import annotations

import functools
import inspect
import io
import secrets
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeAlias, cast

import discord
import structlog
from discord import app_commands

from bot.base.errors import CohortError, UserError
from bot.discord_codes import Code
from bot.ui import replies, theme, use_limits

log = structlog.stdlib.get_logger(__name__)

P = ParamSpec("P")
Callback: TypeAlias = Callable[P, Coroutine[Any, Any, None]]

EXPIRED = (Code.UNKNOWN_INTERACTION, Code.UNKNOWN_WEBHOOK, Code.INVALID_WEBHOOK_TOKEN)
"""Discord's codes for an interaction that can no longer be answered."""

SENTENCE_LIMIT = 1900

WORTH_KEEPING = 80
"""A command that fails gives back texts of at least this many characters."""

corrections: Callable[[discord.Interaction[Any]], discord.ui.View | None] | None = None
"""Offers a refused command as a form; set by :mod:`bot.ui.corrections`, which reports here."""

TYPED_IN = "typed in"
"""Key in a menu interaction's extras: the interaction of the command that showed the menu."""

Again: TypeAlias = Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, None]]
"""Runs a command once more, for the interaction that picked the group whose reference is given."""

which_group: (
    Callable[[discord.Interaction[Any], UserError, Again], Coroutine[Any, Any, bool]] | None
) = None
"""Shows a menu where an error says that several groups may be meant, and returns whether it did;
set by :mod:`bot.ui.command_arguments`, whose menu reports here."""


async def report(
    interaction: discord.Interaction[Any],
    error: BaseException,
    *,
    view: discord.ui.View | None = None,
    typed: str = "",
) -> None:
    """Tell the person what went wrong, in a sentence that only they see.

    A mistake of theirs is that sentence; anything else is logged under a short incident id,
    which the sentence names. ``typed`` is what they wrote, by default a command's long texts; it is
    given back below the sentence, and in a file where it is longer than a message. ``view`` offers
    to go on from there; without it, a command that was given something can be corrected and sent
    again.
    """
    use_limits.give_back(interaction)
    sentence = _sentence(interaction, error)
    files: list[discord.File] = []
    typed = typed or _long_texts(interaction)
    if typed:
        # Three backticks of the person's own would end the block, and the rest of their text would
        # be formatted.
        quoted = theme.clip(typed.replace("```", "`​``"), SENTENCE_LIMIT - len(sentence))
        sentence = f"{sentence}\nHere is what you wrote:\n```\n{quoted}\n```"
        if len(typed) > SENTENCE_LIMIT:
            whole = io.BytesIO(typed.encode())
            files = [discord.File(whole, "what-you-wrote.txt")]
    if view is None and corrections is not None:
        view = corrections(interaction)
    try:
        if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            # The first followup would inherit the public “thinking …” that it replaces.
            await _drop_thinking(interaction)
        await replies.send(interaction, sentence, view=view, files=files)
    except discord.HTTPException as failure:
        # After three seconds nobody sees an answer any more. That happens, and needs no line in the
        # log.
        if failure.code not in EXPIRED:
            log.warning("an error could not be told", reason=str(failure))


def reports_errors(callback: Callback[P]) -> Callback[P]:
    """Answer a person's mistake with its sentence, so that the command or control does not fail.

    Goes right above the ``async def`` of a command or of a control of a view. Any other error goes
    on to the tree's or the view's ``on_error``. A command with an option ``group`` that does not
    say which of several groups it means shows them in a menu, and goes on with the one picked.
    """
    # discord.py reads the parameters' types, which are strings that only the callback's own module
    # can resolve.
    signature = inspect.signature(callback, eval_str=True)

    @functools.wraps(callback)
    async def reporting(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            await callback(*args, **kwargs)
        except UserError as error:
            given = cast("tuple[Any, ...]", args)
            at = next(i for i, one in enumerate(given) if isinstance(one, discord.Interaction))

            async def again(picked: discord.Interaction[Any], group: str) -> None:
                command = cast("Callable[..., Coroutine[Any, Any, None]]", reporting)
                rest = given[at + 1 :]
                await command(*given[:at], picked, *rest, **{**kwargs, "group": group})

            if (
                which_group is not None
                and "group" in signature.parameters
                and await which_group(given[at], error, again)
            ):
                return
            await report(given[at], error)

    reporting.__signature__ = signature  # pyright: ignore[reportAttributeAccessIssue]
    return reporting


def _sentence(interaction: discord.Interaction[Any], error: BaseException) -> str:
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, UserError):
        return cause.sentence.replace("](", "]\\(")  # no name or title in it becomes a link
    if isinstance(cause, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
        return "That command has just changed. Restart Discord (Ctrl+R) and try it again."
    if isinstance(cause, app_commands.NoPrivateMessage):
        return "I work in servers: use this in a channel of yours."
    if isinstance(cause, app_commands.TransformerError):
        return _untaken(cause)
    if isinstance(cause, app_commands.CheckFailure):
        return str(cause)
    # Six digits are enough to find a line in the log, and short enough to be typed by hand.
    incident = secrets.token_hex(3)
    expected = isinstance(cause, discord.HTTPException) and cause.code in EXPIRED
    log.log(
        20 if expected else 40,
        "an interaction failed",
        incident=incident,
        interaction=_name(interaction),
        guild_id=interaction.guild_id,
        exc_info=cause,
    )
    if isinstance(cause, CohortError):
        return f"{cause.sentence} (incident {incident})"
    if isinstance(cause, discord.Forbidden):
        return (
            f"Discord does not let me do that here: {cause.text}. An organiser can see in "
            f"`/cohort setup` which permission is missing (incident {incident})."
        )
    return (
        "Something went wrong on my side, and it was not your doing. Try again in a minute; "
        f"if it stays, tell whoever runs this bot the incident number {incident}."
    )


def _untaken(error: app_commands.TransformerError) -> str:
    """Say why an option was not taken: a person, given by id, may be in no server of ours."""
    given = theme.one_line(str(error.value), 60)
    if error.type is discord.AppCommandOptionType.user:
        return f"{given} is not in this server. Pick somebody from the list that opens."
    return f"I cannot use “{given}” there. Pick what the list offers while you type."


def _long_texts(interaction: discord.Interaction[Any]) -> str:
    """Return the long texts that were typed into a command: Discord does not keep them."""
    command = interaction.command
    if interaction.type is not discord.InteractionType.application_command or not isinstance(
        command, app_commands.Command
    ):
        return ""
    given = {one.name: one for one in command.parameters}
    texts = [
        value.strip()
        for name, value in interaction.namespace
        if isinstance(value, str)
        and len(value.strip()) >= WORTH_KEEPING
        and name in given
        and not given[name].autocomplete
    ]
    return "\n\n".join(texts)


def _name(interaction: discord.Interaction[Any]) -> str:
    """Return the command's name or the component's custom id, without what people typed."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    data: Any = interaction.data or {}
    return str(data.get("custom_id", interaction.type.name))


async def _drop_thinking(interaction: discord.Interaction[Any]) -> None:
    try:
        original = await interaction.original_response()
        if original.flags.loading and not original.flags.ephemeral:
            await original.delete()
    except discord.HTTPException as failure:
        log.info("a public answer stays as it is", reason=str(failure))
