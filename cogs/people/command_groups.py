"""The top-level commands of this feature; several cogs may feed one."""

from bot.ui.command_groups import CommandGroup

PROFILE = CommandGroup("profile", "What you say about yourself, and what is yours")
POD = CommandGroup("pod", "Small circles inside a group")
