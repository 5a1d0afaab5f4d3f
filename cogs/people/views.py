"""The form of a profile, the menus under it, and the questions before somebody is erased."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.base import availability
from bot.client import Interaction
from bot.place import Place
from bot.ui import theme
from bot.ui.controls import CardButton, CardButtons, CardSelect, OwnView
from bot.ui.form import DESCRIPTION_LIMIT, Form, Typed
from bot.ui.report import answered
from cogs.people import cards
from cogs.people.erasing import Eraser
from cogs.people.rules import profiles
from cogs.people.rules.profiles import Said, free_of
from cogs.people.service import PortfolioService, ProfileService
from cogs.people.wording import FIELDS, OPEN_TO, SEEN_BY
from data.people.profiles import Profile
from data.states import Audience, ProfileField, Purpose

BACKUPS = (
    "Copies of the database that whoever runs this bot made before (backups, and the copy that an "
    "upgrade sets aside) still hold it until they are deleted. Messages that you wrote yourself, "
    "and reminders and notices that I sent, stay in Discord until somebody deletes them there."
)


class ProfileForm(Form, template=r"profile:set"):
    """Five lines about oneself, none of which is needed."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed) -> ProfileForm:
        """Return the form with what was said before."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        service = bot.service(ProfileService)
        own = await service.own(place)
        tags = await service.tags(place)
        levels = await service.levels(place.guild_id)
        form = cls("About you", "profile:set")
        form.ask(
            "timezone",
            "Time zone",
            typed,
            filled=own.timezone or "",
            hint="A city will do. Times that you type are read in it, and reminders respect it.",
            placeholder="Europe/London",
            limit=100,
        )
        chosen = typed.choices("level") if "level" in typed else (str(own.level),)
        form.put(
            ui.Select(
                custom_id="level",
                options=[
                    discord.SelectOption(
                        label=f"{number}: {name}",
                        value=str(number),
                        default=str(number) in chosen,
                    )
                    for number, name in enumerate(levels, start=1)
                ],
                placeholder="Where you are just now",
                required=False,
                min_values=0,
                max_values=1,
            ),
            "Level",
        )
        used = f"In use here: {', '.join(tags[:8])}" if tags else "Put commas between them."
        form.ask(
            "interests",
            "Interests and skills",
            typed,
            filled=", ".join(own.interests or ()),
            hint=theme.clip(used, DESCRIPTION_LIMIT),
            placeholder="mechanistic interpretability, evals, PyTorch",
            limit=profiles.INTERESTS_LIMIT,
        )
        form.ask(
            "free",
            "Weekly hours free",
            typed,
            filled=availability.say(free_of(own)),
            hint="Half-days or hours on your own clocks, and how many hours in all.",
            placeholder="weekday evenings, sat morning, 5 hours",
            limit=availability.LIMIT,
        )
        form.ask(
            "about",
            "A line about you",
            typed,
            filled=own.about or "",
            placeholder="Physicist, half-way through ARENA, stuck on transformers",
            limit=profiles.ABOUT_LIMIT,
        )
        return form

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed) -> None:
        """Keep it, and ask who may see it."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        said = Said(
            timezone=typed.text("timezone"),
            level=next(iter(typed.choices("level")), ""),
            interests=typed.text("interests"),
            free=typed.text("free"),
            about=typed.text("about"),
        )
        own = await bot.service(ProfileService).describe(place, said)
        embed, view = await own_profile(interaction, place, own)
        await interaction.response.send_message(embed=embed, view=view, ephemeral=True)


class LevelsForm(Form, template=r"profile:levels"):
    """What a server calls its levels (organisers)."""

    @classmethod
    async def build(cls, interaction: Interaction, typed: Typed) -> LevelsForm:
        """Return the form with the present names."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(ProfileService)
        service.check_may_name(place)
        form = cls("This server's levels", "profile:levels")
        form.ask(
            "levels",
            "One level a line, the lowest first",
            typed,
            filled="\n".join(await service.levels(place.guild_id)),
            hint="Two to nine, as in a guide of yours. Blank brings the usual ones back.",
            long=True,
            limit=profiles.MOST_LEVELS * (profiles.LEVEL_LIMIT + 10),
        )
        return form

    @classmethod
    async def submitted(cls, interaction: Interaction, typed: Typed) -> None:
        """Keep them."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(ProfileService)
        names = await service.name_levels(place, typed.text("levels"))
        await interaction.response.send_message(embed=cards.levels(names), ephemeral=True)


class LevelsButton(CardButton, template=r"profile:levels"):
    """Opens the form in which organisers name the levels; also stands on the set-up panel."""

    def __init__(self) -> None:
        super().__init__("profile:levels", label="Name the levels")

    async def pressed(self, interaction: Interaction) -> None:
        """Open it."""
        await LevelsForm.open(interaction)


class OpenToSelect(CardSelect, template=r"profile:open"):
    """What one is open to."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            "profile:open",
            options=options,
            placeholder="What are you open to? Nobody is told who does not ask.",
            least=0,
            most=len(options) or 1,
        )

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Keep it; it is always the chooser's own."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(ProfileService)
        own = await service.open_to(place, profiles.chosen(Purpose, values))
        await _show(interaction, place, own)


class AudienceSelect(CardSelect, template=r"profile:audience"):
    """Who sees one's profile."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__("profile:audience", options=options, placeholder="Who sees it?")

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Keep it."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(ProfileService)
        (audience,) = profiles.chosen(Audience, values[:1]) or [Audience.NOBODY]
        await _show(interaction, place, await service.show_to(place, audience))


class HideSelect(CardSelect, template=r"profile:hide"):
    """The parts that nobody else sees."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            "profile:hide",
            options=options,
            placeholder="Hide some of it, whoever sees the rest",
            least=0,
            most=len(options) or 1,
        )

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Keep it."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(ProfileService)
        own = await service.hide(place, profiles.chosen(ProfileField, values))
        await _show(interaction, place, own)


class TagsSelect(CardSelect, template=r"profile:tags"):
    """Interests that others show, to be added to one's own."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            "profile:tags",
            options=options,
            placeholder="Add interests and skills in use here",
            least=0,
            most=min(len(options), profiles.INTERESTS) or 1,
        )

    async def chosen(self, interaction: Interaction, values: tuple[str, ...]) -> None:
        """Add them."""
        place = await interaction.client.places.of(interaction)
        service = interaction.client.service(ProfileService)
        await _show(interaction, place, await service.add_interests(place, values))


class EditButton(CardButton, template=r"profile:edit"):
    """Opens the form."""

    def __init__(self) -> None:
        super().__init__("profile:edit", label="Change it", style=discord.ButtonStyle.primary)

    async def pressed(self, interaction: Interaction) -> None:
        """Open it, with one's own profile in it."""
        await ProfileForm.open(interaction)


class ShareButton(CardButton, template=r"portfolio:(?P<verb>share|keep)"):
    """Lets everyone in the server see one's own portfolio, or nobody."""

    def __init__(self, verb: str) -> None:
        shared = verb == "share"
        super().__init__(
            f"portfolio:{verb}",
            label="Share it with this server" if shared else "Stop sharing it",
            style=discord.ButtonStyle.primary if shared else discord.ButtonStyle.secondary,
        )
        self.shared = shared

    async def pressed(self, interaction: Interaction) -> None:
        """Share it or not; it is always the presser's own."""
        place = await interaction.client.places.of(interaction)
        await interaction.client.service(PortfolioService).share(place, shared=self.shared)
        said = (
            "Everyone in this server can see it now, with `/profile portfolio` and your name."
            if self.shared
            else "Nobody but you sees it from now on."
        )
        view = CardButtons(ShareButton("keep" if self.shared else "share"))
        await interaction.response.edit_message(content=said, view=view)


PROFILE_ITEMS = (
    OpenToSelect,
    AudienceSelect,
    HideSelect,
    TagsSelect,
    EditButton,
    LevelsButton,
    ShareButton,
)


async def own_profile(
    interaction: Interaction, place: Place, own: Profile
) -> tuple[discord.Embed, CardButtons]:
    """Return one's own profile with its controls."""
    service = interaction.client.service(ProfileService)
    levels = await service.levels(place.guild_id)
    mine = own.interests or ()
    tags = [tag for tag in await service.tags(place) if tag not in mine]
    return cards.profile(own, levels, own=True), menus(own, tags, organiser=place.organiser)


def menus(own: Profile, tags: Sequence[str], *, organiser: bool) -> CardButtons:
    """Return the controls under one's own profile; ``tags`` are those that can be added."""
    audience = own.audience or Audience.NOBODY
    items: list[ui.Item[Any]] = [
        OpenToSelect(
            [
                discord.SelectOption(
                    label=f"Open to {name}",
                    value=one.value,
                    default=one.value in (own.open_to or ()),
                )
                for one, name in OPEN_TO.items()
            ]
        ),
        AudienceSelect(
            [
                discord.SelectOption(
                    label=f"Seen by {name}", value=one.value, default=one is audience
                )
                for one, name in SEEN_BY.items()
            ]
        ),
        HideSelect(
            [
                discord.SelectOption(
                    label=f"Hide: {name}", value=one.value, default=one.value in (own.hidden or ())
                )
                for one, name in FIELDS.items()
            ]
        ),
    ]
    if tags:
        items.append(TagsSelect([discord.SelectOption(label=tag, value=tag) for tag in tags[:25]]))
    items.append(EditButton())
    if organiser:
        items.append(LevelsButton())
    return CardButtons(*items)


async def _show(interaction: Interaction, place: Place, own: Profile) -> None:
    embed, view = await own_profile(interaction, place, own)
    await interaction.response.edit_message(embed=embed, view=view)


class AskToForget(OwnView):
    """The first question before somebody is erased."""

    @ui.button(label="Erase me here", style=discord.ButtonStyle.danger)
    @answered
    async def go_on(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Ask again."""
        await interaction.response.edit_message(
            content="This cannot be undone. `/profile export` gives you a copy first. Erase "
            "everything of yours in this server now?",
            embed=None,
            view=ReallyForget(),
        )

    @ui.button(label="Keep it", style=discord.ButtonStyle.secondary)
    @answered
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave everything as it is."""
        await _kept(interaction)


class ReallyForget(OwnView):
    """The second question."""

    @ui.button(label="Yes, erase everything", style=discord.ButtonStyle.danger)
    @answered
    async def erase(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Erase the presser."""
        bot = interaction.client
        place = await bot.places.of(interaction)
        await interaction.response.edit_message(content="Erasing …", view=None)
        rows = await bot.service(Eraser).forget(place)
        await interaction.edit_original_response(
            content=f"Done: {theme.count(rows, 'record')} erased or made nameless. {BACKUPS}"
        )

    @ui.button(label="Keep it", style=discord.ButtonStyle.secondary)
    @answered
    async def keep(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        """Leave everything as it is."""
        await _kept(interaction)


async def _kept(interaction: Interaction) -> None:
    await interaction.response.edit_message(content="Nothing was erased.", embed=None, view=None)


def forget_question() -> discord.Embed:
    """Say what forgetting does, before it is asked for."""
    embed = discord.Embed(
        title="Erase everything of yours in this server?",
        colour=theme.BAD,
        description=(
            "**Deleted**: your profile and settings, your memberships, check-ins, commitments, "
            "answers, votes, attendance, lines in project logs, introductions and pods, with the "
            "messages in which I showed your check-ins.\n"
            "**Kept without your name**, for others build on it: meetings, projects, papers, "
            "claims, results and reviews that you entered.\n"
            "What you have in other servers stays; use this there too."
        ),
    )
    embed.add_field(name="What I cannot reach", value=BACKUPS)
    return embed
