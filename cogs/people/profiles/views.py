"""The form of a profile, and the controls under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import discord
from discord import ui

from bot.base import availability
from bot.client import Interaction
from bot.place import Place
from bot.ui import replies, theme
from bot.ui.controls import CardButton, CardButtons, CardSelect
from bot.ui.form import DESCRIPTION_LIMIT, CardForm, Typed
from cogs.people.profiles import cards, rules
from cogs.people.profiles.rules import Said, free_of
from cogs.people.profiles.service import ProfileService
from cogs.people.wording import FIELDS, OPEN_TO, REMINDED, SEEN_BY
from data.people.profiles import Profile
from data.states import Audience, Nudges, ProfileField, Purpose


class ProfileForm(CardForm, custom_id="profile:set", title="About you"):
    """Five lines about oneself, all optional."""

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask, with what was said before."""
        service = interaction.client.service(ProfileService)
        own = await service.own(place)
        tags = await service.tags(place)
        levels = await service.levels(place.guild_id)
        self.ask(
            "timezone",
            "Time zone",
            typed,
            filled=own.timezone or "",
            hint="A city will do. Times that you type are read in it, and reminders respect it.",
            placeholder="Europe/London",
            limit=100,
        )
        chosen = typed.choices("level") if "level" in typed else (str(own.level),)
        menu = ui.Select[Any](
            custom_id="level",
            options=_options(
                ((str(number), f"{number}: {name}") for number, name in enumerate(levels, start=1)),
                chosen,
            ),
            placeholder="Where you are just now",
            required=False,
            min_values=0,
            max_values=1,
        )
        self.put(menu, "Level")
        used = f"In use here: {', '.join(tags[:8])}" if tags else "Put commas between them."
        self.ask(
            "interests",
            "Interests and skills",
            typed,
            filled=", ".join(own.interests or ()),
            hint=theme.clip(used, DESCRIPTION_LIMIT),
            placeholder="mechanistic interpretability, evals, PyTorch",
            limit=rules.INTERESTS_LIMIT,
        )
        self.ask(
            "free",
            "Weekly hours free",
            typed,
            filled=availability.say(free_of(own)),
            hint="Half-days or hours on your own clock, and how many hours in all.",
            placeholder="weekday evenings, sat morning, 5 hours",
            limit=availability.LIMIT,
        )
        self.ask(
            "about",
            "A line about you",
            typed,
            filled=own.about or "",
            placeholder="Physicist, half-way through ARENA, stuck on transformers",
            limit=rules.ABOUT_LIMIT,
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Keep it, and ask who may see it."""
        said = Said(
            timezone=typed.text("timezone"),
            level=next(iter(typed.choices("level")), ""),
            interests=typed.text("interests"),
            free=typed.text("free"),
            about=typed.text("about"),
        )
        own = await interaction.client.service(ProfileService).describe(place, said)
        embed, view = await own_profile(interaction, place, own)
        await replies.send(interaction, embed=embed, view=view)


class LevelsForm(CardForm, custom_id="profile:levels", title="This server's levels"):
    """What a server calls its levels (organisers)."""

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask, with the present names."""
        service = interaction.client.service(ProfileService)
        service.check_may_name(place)
        self.ask(
            "levels",
            "One level a line, the lowest first",
            typed,
            filled="\n".join(await service.levels(place.guild_id)),
            hint="Two to nine, as in a guide of yours. Leave it blank for the usual ones.",
            long=True,
            limit=rules.MOST_LEVELS * (rules.LEVEL_LIMIT + 10),
        )

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Keep them."""
        service = interaction.client.service(ProfileService)
        names = await service.name_levels(place, typed.text("levels"))
        await replies.send(interaction, embed=cards.levels(names))


class LevelsButton(CardButton, custom_id="profile:levels", label="Name the levels"):
    """Opens the form in which organisers name the levels; the set-up panel has it too."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        await LevelsForm().show(interaction)


class EditButton(
    CardButton, custom_id="profile:edit", label="Change it", style=discord.ButtonStyle.primary
):
    """Opens the form."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it, with the presser's own profile in it."""
        await ProfileForm().show(interaction)


class OpenToSelect(
    CardSelect,
    custom_id="profile:open",
    placeholder="What are you open to? Only people who ask are told.",
    least=0,
    most=25,
):
    """What somebody is open to."""

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Keep it; it is always the chooser's own."""
        service = interaction.client.service(ProfileService)
        await _show(interaction, place, await service.open_to(place, rules.chosen(Purpose, values)))


class AudienceSelect(CardSelect, custom_id="profile:audience", placeholder="Who sees it?"):
    """Who sees the profile."""

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Keep it."""
        service = interaction.client.service(ProfileService)
        (audience,) = rules.chosen(Audience, values[:1]) or [Audience.NOBODY]
        await _show(interaction, place, await service.show_to(place, audience))


class HideSelect(
    CardSelect,
    custom_id="profile:hide",
    placeholder="Hide some of it, whoever sees the rest",
    least=0,
    most=25,
):
    """The parts that nobody else sees."""

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Keep it."""
        service = interaction.client.service(ProfileService)
        await _show(
            interaction, place, await service.hide(place, rules.chosen(ProfileField, values))
        )


class TagsSelect(
    CardSelect,
    custom_id="profile:tags",
    placeholder="Add interests and skills in use here",
    least=0,
    most=rules.INTERESTS,
):
    """Interests that others show, to be added to the chooser's own."""

    async def chosen(self, interaction: Interaction, place: Place, values: tuple[str, ...]) -> None:
        """Add them."""
        service = interaction.client.service(ProfileService)
        await _show(interaction, place, await service.add_interests(place, values))


PROFILE_CONTROLS = (
    OpenToSelect,
    AudienceSelect,
    HideSelect,
    TagsSelect,
    EditButton,
    LevelsButton,
)


async def own_profile(
    interaction: Interaction, place: Place, own: Profile
) -> tuple[discord.Embed, CardButtons]:
    """Return somebody's own profile with its controls."""
    service = interaction.client.service(ProfileService)
    levels = await service.levels(place.guild_id)
    mine = own.interests or ()
    tags = [tag for tag in await service.tags(place) if tag not in mine]
    return cards.profile(own, levels, own=True), _controls(own, tags, organiser=place.organiser)


def _controls(own: Profile, tags: Sequence[str], *, organiser: bool) -> CardButtons:
    """Return the controls under somebody's own profile; ``tags`` are those that can be added."""
    audience = own.audience or Audience.NOBODY
    items: list[ui.Item[Any]] = [
        OpenToSelect(
            options=_options(
                ((one.value, f"Open to {name}") for one, name in OPEN_TO.items()),
                own.open_to or (),
            )
        ),
        AudienceSelect(
            options=_options(
                ((one.value, f"Seen by {name}") for one, name in SEEN_BY.items()), [audience.value]
            )
        ),
        HideSelect(
            options=_options(
                ((one.value, f"Hide: {name}") for one, name in FIELDS.items()), own.hidden or ()
            )
        ),
    ]
    if tags:
        items.append(TagsSelect(options=_options(((tag, tag) for tag in tags[:25]), ())))
    items.append(EditButton())
    if organiser:
        items.append(LevelsButton())
    return CardButtons(*items)


def _options(
    entries: Iterable[tuple[str, str]], chosen: Sequence[str]
) -> list[discord.SelectOption]:
    """Return (value, label) pairs as options, with the chosen ones ticked."""
    return [
        discord.SelectOption(label=label, value=value, default=value in chosen)
        for value, label in entries
    ]


async def _show(interaction: Interaction, place: Place, own: Profile) -> None:
    embed, view = await own_profile(interaction, place, own)
    await replies.edit(interaction, embed=embed, view=view)


class NoticesButton(CardButton, custom_id="profile:notices", label="My time zone and reminders"):
    """Opens the form; the answer to joining a group shows it."""

    async def pressed(self, interaction: Interaction, place: Place) -> None:
        """Open it."""
        await NoticesForm().show(interaction)


class NoticesForm(CardForm, custom_id="profile:noticesform", title="Your time zone and reminders"):
    """What `/profile notify` takes, and the time zone."""

    async def fill(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Ask, with what is so now."""
        own = await interaction.client.service(ProfileService).own(place)
        self.ask("timezone", "Your time zone", typed, filled=own.timezone or "", limit=100,
                 placeholder="Nairobi", hint="A city will do")  # fmt: skip
        chosen = typed.choices("how") or ((own.nudges.value,) if own.nudges else ())
        options = [
            discord.SelectOption(
                label=theme.clip(REMINDED[one], theme.OPTION_LIMIT),
                value=one.value,
                default=one.value in chosen,
            )
            for one in Nudges
        ]
        menu = ui.Select[Any](custom_id="how", options=options, required=False, min_values=0)
        self.put(menu, "How I remind you of check-ins")
        self.ask("quiet_from", "No reminders from", typed, limit=20, placeholder="22:00",
                 filled=f"{own.quiet_from:%H:%M}" if own.quiet_from else "")  # fmt: skip
        self.ask("quiet_until", "Until", typed, limit=20, placeholder="08:00",
                 filled=f"{own.quiet_until:%H:%M}" if own.quiet_until else "")  # fmt: skip

    async def received(self, interaction: Interaction, place: Place, typed: Typed) -> None:
        """Save what was given, and show all of it."""
        service = interaction.client.service(ProfileService)
        picked = typed.choices("how")
        await service.notify(
            place,
            how=next((one for one in Nudges if one.value in picked), None),
            quiet_from=typed.text("quiet_from") or None,
            quiet_until=typed.text("quiet_until") or None,
            timezone=typed.text("timezone") or None,
        )
        place = await interaction.client.places.of(interaction)
        own = await service.own(place)
        await replies.send(interaction, embed=cards.reminders(own, place.zone()))
