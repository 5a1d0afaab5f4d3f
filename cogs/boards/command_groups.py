"""The top-level commands of boards; several cogs may feed one of them."""

from bot.ui.command_groups import CommandGroup

PROJECT = CommandGroup("project", "Papers that are replicated together, each on its own board")
TASK = CommandGroup("task", "What a project has to do, who does it, and by when")
DEADLINE = CommandGroup("deadline", "The dates that a project works towards")
CLAIM = CommandGroup("claim", "What the paper says, and how it is judged")
RESULT = CommandGroup("result", "What you found, and what others say of it")
