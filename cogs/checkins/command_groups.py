"""The top-level commands of this feature; the subjects' cogs add their subcommands."""

from bot.ui.command_groups import CommandGroup

CHECKIN = CommandGroup("checkin", "Tell the others what you did, and what comes next")
COMMITMENT = CommandGroup("commitment", "What you said you would do")

GROUP_HINT = "Which group; without it, this channel's group"
