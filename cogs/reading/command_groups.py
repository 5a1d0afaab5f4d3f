"""The commands that people meet and read with: each subject's cog adds its own to one of these."""

from bot.ui.command_groups import CommandGroup

MEETING = CommandGroup("meeting", "Plan meetings, answer them, and keep what became of them")
READING = CommandGroup("reading", "Choose what to read, and look up what was read")
