"""The top-level command of this feature; the subjects' cogs add their subcommands."""

from bot.ui.command_groups import CommandGroup

PROGRAMMES = CommandGroup(
    "programme", "Cohorts that go through a reading list together, stage by stage"
)

GROUP_HINT = "Which group's lists; without it, this channel's group"
