"""Every command, used by everybody: who may, who is refused, and what another server sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Any

from discord import AppCommandOptionType, app_commands
from simcord.results import InteractionResult

from bot.base.errors import NotAllowed, UserError
from tests.figures import Figures
from tests.security.stage import (
    Command,
    Example,
    Reported,
    Saved,
    Side,
    both,
    changed,
    confirm,
    defects,
    every_command,
    every_slash,
    example,
    furnish,
    new_server,
    rows,
    shown,
    use,
)
from tests.world import Person, World


class Who(Enum):
    """Who may use a command, and who must not, by what they are in their own server.

    Whoever is in neither set may be let in or not: an organiser who is not a member, for example.
    """

    ANYONE = ({"outsider", "member", "lead", "organiser", "administrator"}, set())
    MEMBER = ({"member", "lead"}, {"outsider"})
    LEAD = ({"lead"}, {"outsider", "member"})
    LEAD_OR_ORGANISER = ({"lead", "organiser", "administrator"}, {"outsider", "member"})
    ORGANISER = ({"organiser", "administrator"}, {"outsider", "member", "lead"})
    MANAGER = ({"administrator"}, {"outsider", "member", "lead", "organiser"})

    @property
    def allowed(self) -> set[str]:
        return self.value[0]

    @property
    def refused(self) -> set[str]:
        return self.value[1]


WHO: dict[str, Who] = {
    "cohort setup": Who.MANAGER,
    "cohort health": Who.ORGANISER,
    "cohort export": Who.ORGANISER,
    "cohort help": Who.ANYONE,
    "group create": Who.ORGANISER,
    "group edit": Who.ORGANISER,
    "group archive": Who.ORGANISER,
    "group join": Who.ANYONE,
    "group leave": Who.ANYONE,
    "group pause": Who.MEMBER,
    "group resume": Who.MEMBER,
    "group show": Who.ANYONE,
    "checkin schedule": Who.ORGANISER,
    "checkin questions": Who.ORGANISER,
    "checkin post": Who.MEMBER,
    "Log as check-in": Who.MEMBER,
    "checkin edit": Who.MEMBER,
    "checkin delete": Who.MEMBER,
    "checkin status": Who.ANYONE,
    "checkin history": Who.MEMBER,
    "checkin stats": Who.MEMBER,
    "commitment add": Who.MEMBER,
    "commitment list": Who.ANYONE,
    "commitment done": Who.MEMBER,
    "commitment drop": Who.MEMBER,
    "pod form": Who.ORGANISER,
    "pod show": Who.ANYONE,
    "pod swap": Who.ORGANISER,
    "pod dissolve": Who.ORGANISER,
    "coffee": Who.ORGANISER,
    "meeting schedule": Who.MEMBER,
    "meeting move": Who.LEAD_OR_ORGANISER,
    "meeting cancel": Who.LEAD_OR_ORGANISER,
    "meeting edit": Who.LEAD_OR_ORGANISER,
    "meeting end": Who.LEAD_OR_ORGANISER,
    "meeting skip": Who.LEAD_OR_ORGANISER,
    "meeting list": Who.ANYONE,
    "meeting show": Who.ANYONE,
    "meeting facilitate": Who.MEMBER,
    "meeting rotation": Who.MEMBER,
    "meeting attended": Who.MEMBER,
    "meeting notes": Who.MEMBER,
    "reading nominate": Who.MEMBER,
    "reading shortlist": Who.MEMBER,
    "reading pick": Who.MEMBER,
    "meeting poll": Who.MEMBER,
    "meeting calendar": Who.ANYONE,
    "programme start": Who.LEAD_OR_ORGANISER,
    "programme show": Who.ANYONE,
    "programme progress": Who.MEMBER,
    "programme open": Who.LEAD_OR_ORGANISER,
    "programme skip": Who.LEAD_OR_ORGANISER,
    "programme end": Who.LEAD_OR_ORGANISER,
    "project propose": Who.ANYONE,
    "project join": Who.ANYONE,
    "project leave": Who.ANYONE,
    "project invite": Who.MEMBER,
    "project lead": Who.LEAD,
    "project status": Who.LEAD,
    "project update": Who.MEMBER,
    "project list": Who.ANYONE,
    "project report": Who.ANYONE,
    "project edit": Who.LEAD,
    "claim import": Who.MEMBER,
    "reading import": Who.MEMBER,
    "reading history": Who.ANYONE,
    "project archive": Who.LEAD,
    "project reopen": Who.LEAD,
    "task add": Who.MEMBER,
    "task edit": Who.MEMBER,
    "task move": Who.MEMBER,
    "task assign": Who.MEMBER,
    "task list": Who.ANYONE,
    "deadline add": Who.MEMBER,
    "deadline move": Who.MEMBER,
    "deadline done": Who.MEMBER,
    "deadline list": Who.ANYONE,
    "claim add": Who.MEMBER,
    "claim compare": Who.MEMBER,
    "claim edit": Who.MEMBER,
    "claim list": Who.ANYONE,
    "result log": Who.MEMBER,
    "result list": Who.ANYONE,
    "result review": Who.MEMBER,
    "project link": Who.MEMBER,
    "project unlink": Who.MEMBER,
    "profile set": Who.ANYONE,
    "profile show": Who.ANYONE,
    "profile notify": Who.ANYONE,
    "profile match": Who.ANYONE,
    "profile portfolio": Who.ANYONE,
    "profile export": Who.ANYONE,
    "profile forget": Who.ANYONE,
}
"""The contract: who may use which command. A command that is not here fails the tests."""


NEEDS_MORE = frozenset(
    {"pod swap", "pod dissolve", "reading import", "claim import", "reading pick"}
)
"""What cannot work here: it needs pods, a file of its own kind, or what nobody has yet."""


async def attempt(
    command: Command, filled: Example | None, side: Side, person: Person
) -> InteractionResult:
    """Use a command as in its example; a menu is used on a message of one's own."""
    if isinstance(command, app_commands.ContextMenu):
        message = await person.send(side.channel, f"{side.word} message")
        return await person.context_menu(side.channel, command.name, message)
    assert filled is not None
    return await use(filled, person)


async def test_every_command_stands_in_the_table_of_who_may_use_it(world: World) -> None:
    assert {one.qualified_name for one in every_command(world)} - WHO.keys() == set()


async def test_every_command_is_open_to_those_who_may_and_closed_to_the_others(
    world: World, reported: Reported, tell: Callable[[str, Figures], None]
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    await world.forward(timedelta(hours=1))
    # Whatever the leader of a meeting that has begun does first also notes that they are there.
    await side.lead.slash(side.channel, "meeting list")
    saved = Saved(world)
    wrong: list[str] = []
    cells = 0
    for command in list(every_command(world)):
        who = WHO.get(command.qualified_name)
        if who is None:
            continue
        saved.restore()
        filled = await example_of(world, side, command)
        works = False
        for rank, person in side.people.items():
            saved.restore()
            reported.take()
            cells += 1
            result = await attempt(command, filled, side, person)
            confirmed = await confirm(person, result)
            errors = reported.take()
            name = f"/{command.qualified_name} by {rank}: {[str(error) for error in errors]}"
            if not all(one.acknowledged for one in (result, *confirmed)):
                wrong.append(f"{name}: no answer")
            if defects(errors):
                wrong.append(f"{name}: a defect of ours: {defects(errors)}")
            if errors and not (result.ephemeral or confirmed):
                wrong.append(f"{name}: refused for all to see")
            if rank in who.refused and not any(isinstance(one, UserError) for one in errors):
                wrong.append(f"{name}: was not refused")
            if rank in who.refused and saved.changed():
                wrong.append(f"{name}: changed {saved.changed()}")
            if rank in who.allowed and any(isinstance(one, NotAllowed) for one in errors):
                wrong.append(f"{name}: was refused")
            works = works or (rank in who.allowed and not errors)
        if not works and command.qualified_name not in NEEDS_MORE:
            wrong.append(f"/{command.qualified_name} works for nobody as filled in: {filled}")
    saved.close()
    tell("rights", {"commands times ranks": cells})
    assert not wrong, "\n".join(wrong)


async def test_a_command_neither_shows_nor_changes_anything_of_another_server(
    world: World, reported: Reported, tell: Callable[[str, Figures], None]
) -> None:
    first, second = await both(world)
    intruder = second.insider
    saved = Saved(world)
    before = await rows(world, first.guild)
    wrong: list[str] = []
    cells = 0
    for command in list(every_slash(world)):
        saved.restore()
        theirs = await example(world, first, command)
        own = await example(world, second, command)
        tries: list[dict[str, Any]] = [{}]
        for option, choice in theirs.offered.items():
            if differs(own, theirs, option):
                tries += [{option: choice["value"]}, {option: choice["name"]}]
        tries.append({option: choice["value"] for option, choice in theirs.offered.items()})
        tries += [
            {parameter.display_name: first.member.user}
            for parameter in command.parameters
            if parameter.type is AppCommandOptionType.user
        ]
        for instead in tries:
            saved.restore()
            reported.take()
            cells += 1
            result = await use(own, intruder, **instead)
            confirmed = await confirm(intruder, result)
            errors = reported.take()
            name = f"/{command.qualified_name} with {instead}: {[str(error) for error in errors]}"
            if not all(one.acknowledged for one in (result, *confirmed)):
                wrong.append(f"{name}: no answer")
            if defects(errors):
                wrong.append(f"{name}: a defect of ours: {defects(errors)}")
            named = any(first.word in str(given) for given in instead.values())
            if not named and any(first.word in shown(one) for one in (result, *confirmed)):
                wrong.append(f"{name}: shows {shown(result)}")
            foreign = [
                one for one in instead if one in theirs.offered and differs(own, theirs, one)
            ]
            if foreign and not any(isinstance(one, UserError) for one in errors):
                wrong.append(f"{name}: was taken")
            if saved.changed() and (now := changed(before, await rows(world, first.guild))):
                wrong.append(f"{name}: changed {now}")
    saved.close()
    tell("rights", {"options filled with another server's": cells})
    assert not wrong, "\n".join(wrong)


async def test_no_title_of_another_server_is_offered_while_typing(
    world: World, reported: Reported
) -> None:
    first, second = await both(world)
    wrong: list[str] = []
    for command in list(every_slash(world)):
        theirs = await example(world, first, command)
        own = await example(world, second, command)
        filled = {
            whose: {name: choice["value"] for name, choice in one.offered.items()}
            for whose, one in (("theirs", theirs), ("own", own))
        }
        for parameter in command.parameters:
            if not parameter.autocomplete:
                continue
            title = theirs.offered.get(parameter.display_name, {"name": first.word})["name"]
            for typed in ("", title):
                for given in filled.values():
                    others = {
                        name: one for name, one in given.items() if name != parameter.display_name
                    }
                    for person in (second.insider, second.outsider):
                        choices = await person.autocomplete(
                            own.channel,
                            command.qualified_name,
                            parameter.display_name,
                            typed,
                            **others,
                        )
                        if first.word in json.dumps(choices):
                            wrong.append(
                                f"/{command.qualified_name} {parameter.display_name} {others}"
                            )
    assert reported.take() == []
    assert not wrong, "\n".join(wrong)


async def test_a_person_who_is_not_in_the_server_is_refused_in_plain_words(
    world: World, reported: Reported
) -> None:
    first, second = await both(world)
    result = await second.insider.slash(
        second.channel, "project invite", person=first.member.user, project="walrus project"
    )
    assert result.ephemeral
    assert "first-member is not in this server" in shown(result)


def differs(own: Example, theirs: Example, option: str) -> bool:
    """Whether an option means something else in each server; a time zone, for one, does not."""
    same = own.offered.get(option)
    return same is None or same["value"] != theirs.offered[option]["value"]


async def example_of(world: World, side: Side, command: Command) -> Example | None:
    """Fill in a slash command; a menu has nothing to fill in."""
    if isinstance(command, app_commands.ContextMenu):
        return None
    return await example(world, side, command)
