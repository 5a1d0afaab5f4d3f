"""What erasing says before it happens."""

from __future__ import annotations

import discord

from bot.ui import theme

BACKUPS = (
    "Copies of the database that whoever runs this bot made before (backups, and the copy that an "
    "upgrade sets aside) still hold it until they are deleted. Messages that you wrote yourself, "
    "and reminders and notices that I sent, stay in Discord until somebody deletes them there."
)


def forget_question() -> discord.Embed:
    """Say what erasing does."""
    embed = discord.Embed(
        title="Erase everything of yours in this server?",
        colour=theme.BAD,
        description=(
            "**Deleted**: your profile and settings, your memberships, check-ins, commitments, "
            "answers, votes, attendance, lines in project logs, introductions and pods, with the "
            "messages in which I showed your check-ins, or told others what you asked of them.\n"
            "**Kept without your name**, because others build on it: meetings, projects, papers, "
            "claims, results and reviews that you entered.\n"
            "What you have in other servers stays; use this command there too."
        ),
    )
    embed.add_field(name="What I cannot reach", value=BACKUPS)
    return embed
