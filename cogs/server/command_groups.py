"""The top-level commands of this feature; the subjects' cogs add their subcommands."""

from discord import app_commands

from bot.base import when
from bot.ui.command_groups import CommandGroup

COHORT = CommandGroup("cohort", "Set Cohort up, and find your way")
GROUP = CommandGroup("group", "Study groups, each in a channel of its own")

GROUP_HINT = "Which group; without it, this channel's group"
ZONE_HINT = "A time zone such as Europe/London"


def zone_choices(typed: str) -> list[app_commands.Choice[str]]:
    """Return time zones for autocomplete."""
    return [app_commands.Choice(name=name, value=name) for name in when.zone_choices(typed)]
