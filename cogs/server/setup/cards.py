"""What the set-up looks like: the settings, the steps of the walk, and the first greeting."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.jobs.delivery import Content
from bot.ui import theme
from bot.ui.permissions import Missing
from cogs.server.setup.service import SetupState, Step
from data.server.groups import Server

TITLES = {
    Step.ZONE: "Time zone",
    Step.ORGANISERS: "Organisers",
    Step.CHANNELS: "Channels",
    Step.GROUP: "First group",
    Step.CHECKINS: "Its check-ins",
    Step.MEETING: "Its first meeting",
}

ASKED = {
    Step.ZONE: "Which city's clock does this server go by? Times that people type are read in it, "
    "unless their group or they themselves have another.",
    Step.ORGANISERS: "Which role may make groups and set schedules? Whoever has Manage Server may "
    "do so in any case.",
    Step.CHANNELS: "Where do news for the whole server go, and where do project boards open? "
    "Without a choice, each group uses its own channel.",
    Step.GROUP: "Name your first group, what it works on (a course, a paper, a library), and the "
    "text channel where it lives.",
    Step.CHECKINS: "When are check-ins due? Two days before, I post a prompt; at the due time, a "
    "digest. A Sunday evening suits most groups.",
    Step.MEETING: "When do you first meet? People answer with a reaction, and are reminded.",
}


def greeting(buttons: discord.ui.View) -> Content:
    """Say what the bot is and how to start, once, after it was invited."""
    embed = discord.Embed(
        title="Hello, I'm Cohort",
        description="I help study groups keep going: short **check-ins** that nobody has to chase, "
        "**meetings** that people answer with a reaction, and **boards** where you replicate a "
        "paper's claims together.\n\nWhoever has Manage Server can press **Set up**: six small "
        "decisions, each of which can wait. Everybody else finds their way with `/cohort help`.",
        colour=theme.ACCENT,
    )
    return Content(embeds=[embed], view=buttons)


def step(state: SetupState, at: Step | None, notes: Sequence[str]) -> discord.Embed:
    """Show the walk: what is decided, what is asked now, and ``notes`` on it."""
    lines: list[str] = []
    for one in Step:
        mark = "✅" if state.is_done(one) else ("👉" if one is at else "▫️")
        decided = _decided(state, one)
        lines.append(f"{mark} {TITLES[one]}" + (f": {decided}" if decided else ""))
    if at is None:
        title = "Everything is set up"
        asked = (
            "Send people to the group's card: **Join** is its first button. What you leave for "
            "later waits here: `/cohort setup` opens this again."
        )
    else:
        number = list(Step).index(at) + 1
        title = f"Set up Cohort · {number} of {len(Step)}: {TITLES[at].lower()}"
        asked = ASKED[at]
    embed = discord.Embed(
        title=title,
        description="\n".join(lines) + f"\n\n{asked}",
        colour=theme.GOOD if at is None else theme.ACCENT,
    )
    if notes:
        embed.add_field(name="Mind", value=theme.lines(notes, theme.FIELD_LIMIT), inline=False)
    return embed


def _decided(state: SetupState, one: Step) -> str:
    server = state.server
    if one is Step.ZONE and server.timezone:
        return server.timezone
    if one is Step.ORGANISERS and server.organiser_role_id:
        return f"<@&{server.organiser_role_id}>"
    if one is Step.CHANNELS:
        found = [server.announcements_channel_id, server.boards_channel_id]
        return " · ".join(f"<#{channel_id}>" for channel_id in found if channel_id)
    if one is Step.GROUP and state.group is not None:
        return f"**{theme.escape(state.group.name)}** in <#{state.group.channel_id}>"
    return ""


def settings(
    server: Server,
    default_zone: str,
    missing: Sequence[Missing],
    untagged: Sequence[str] = (),
    *,
    unpingable: bool = False,
) -> discord.Embed:
    """Show a server's settings and what the bot is not allowed to do.

    ``untagged`` are the tags that the boards' forum lacks; ``unpingable`` says that mentions of
    the organisers' role reach nobody.
    """
    embed = discord.Embed(title="Cohort in this server", colour=theme.ACCENT)
    zone = server.timezone or f"{default_zone} (the bot's default)"
    embed.add_field(name="Time zone", value=zone)
    embed.add_field(
        name="Organisers",
        value=f"<@&{server.organiser_role_id}> and Manage Server"
        if server.organiser_role_id
        else "whoever has Manage Server",
    )
    embed.add_field(
        name="Announcements",
        value=f"<#{server.announcements_channel_id}>"
        if server.announcements_channel_id
        else "none: each group's own channel",
    )
    embed.add_field(
        name="Boards",
        value=f"<#{server.boards_channel_id}>"
        if server.boards_channel_id
        else "as threads in each group's channel",
    )
    if unpingable:
        embed.add_field(name="Pings", value=UNPINGABLE, inline=False)
    if untagged:
        embed.add_field(
            name="Tags of the boards' forum",
            value="A board's post can show how far its project is. For that, make these tags in "
            f"the forum's settings: {', '.join(untagged)}.",
            inline=False,
        )
    if missing:
        embed.colour = theme.WARM
        embed.add_field(
            name="Missing permissions",
            value=theme.lines((f"• {entry}" for entry in missing), theme.FIELD_LIMIT),
            inline=False,
        )
    else:
        embed.add_field(
            name="Permissions", value="Everything that is needed is there.", inline=False
        )
    return embed


UNPINGABLE = (
    "I cannot ping the organisers' role: my mention of it would reach nobody. Switch on “Allow "
    "anyone to @mention this role” in its settings, or give me Mention Everyone."
)
