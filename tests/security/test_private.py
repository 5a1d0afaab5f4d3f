"""What somebody may not know of reaches them by no list, no answer and no card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord.backend.models.channel import Overwrite
from simcord.builders import ChannelHandle, RoleHandle
from simcord.enums import OverwriteType
from sqlalchemy import Table, Text

from bot.base.errors import NotFound
from cogs.checkins.history import picture
from data.schema import metadata
from data.types import Strings
from tests.database import everything
from tests.e2e.people.test_help import mentor
from tests.security.stage import (
    Reported,
    Saved,
    Side,
    conceal,
    confirm,
    defects,
    every_slash,
    example,
    furnish,
    is_on_board,
    new_group,
    new_server,
    press,
    shown,
    use,
)
from tests.world import Person, World, text

OUR_OWN = frozenset({"cards", "deliveries", "deadlines", "notes", "troubles"})
"""Tables of the process itself, and not of what people wrote."""

ENDED = ("deleted_at", "withdrawn_at", "dropped_at")


@dataclass(frozen=True)
class Fact:
    """A text of somebody's, with where it belongs, as its row and those above it say."""

    text: str
    where: str
    guild_ids: frozenset[int]
    channel_ids: frozenset[int]
    owner_ids: frozenset[int]
    gone: bool


def facts(world: World) -> list[Fact]:
    """Read everything that people wrote from the tables, whichever there are."""
    stored = {
        name: rows for name, rows in everything(world.bot.store).items() if name not in OUR_OWN
    }
    found: list[Fact] = []
    for table in metadata.sorted_tables:
        for row in stored.get(table.name, ()):
            above = list(_with_those_above(stored, table, row))
            for column, words in _texts(above[0], above[1:]):
                found.append(
                    Fact(
                        words,
                        f"{table.name}.{column}",
                        frozenset(one["guild_id"] for _, one in above if one.get("guild_id")),
                        frozenset(
                            one["channel_id"]
                            for of, one in above
                            if of.name in ("groups", "projects")
                        ),
                        _owners(table, row),
                        any(row.get(ending) for ending in ENDED),
                    )
                )
    return found


def _with_those_above(
    stored: dict[str, list[dict[str, Any]]], table: Table, row: dict[str, Any]
) -> Iterator[tuple[Table, dict[str, Any]]]:
    """Yield a row, and the rows that it refers to, and that they do."""
    yield table, row
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column.table
            for one in stored.get(parent.name, ()):
                if row[column.name] is not None and one[key.column.name] == row[column.name]:
                    yield from _with_those_above(stored, parent, one)


def _texts(
    own: tuple[Table, dict[str, Any]], above: list[tuple[Table, dict[str, Any]]]
) -> Iterator[tuple[str, str]]:
    """Yield a row's texts by their columns; what a paper is called belongs to who refers to it."""
    for table, row in (own, *(one for one in above if one[0].name == "papers")):
        for column in table.columns:
            value = row[column.name]
            if not isinstance(value, str):
                continue
            if isinstance(column.type, Strings):
                yield from ((column.name, one) for one in json.loads(value))
            elif isinstance(column.type, Text):
                yield column.name, value


def _owners(table: Table, row: dict[str, Any]) -> frozenset[int]:
    """Return whose a row is alone: who is its user, asked in it, or began what is not posted."""
    names = ["user_id", "asked_by"]
    if table.name.endswith("_drafts"):
        names.append("created_by")
    return frozenset(row[name] for name in names if row.get(name) is not None)


@dataclass(frozen=True)
class Someone:
    """A person, by what they are."""

    rank: str
    side: Side
    actor: Person
    organises: bool

    def may_be_offered(self, world: World, fact: Fact) -> bool:
        """Whether a text may stand in a list that opens while they type."""
        if fact.guild_ids != {self.side.guild.id} or fact.gone:
            return False
        if fact.owner_ids and self.actor.id not in fact.owner_ids:
            return False
        return self.may_know(world, fact)

    def may_know(self, world: World, fact: Fact) -> bool:
        """Whether they can read all the channels in which it stands, or organise the server."""
        guild = world.bot.get_guild(self.side.guild.id)
        assert guild is not None
        if fact.guild_ids != {guild.id}:
            return False
        return self.organises or all(_reads(world, self, one) for one in fact.channel_ids)


def _reads(world: World, person: Someone, channel_id: int) -> bool:
    held = world.env.backend.compute_permissions(person.side.guild.id, person.actor.id, channel_id)
    return discord.Permissions(held).view_channel


def everybody(town: Town) -> list[Someone]:
    """Return one of each: who is in nothing, in another group, in the same, who leads or more."""
    first, private = town.first, town.private
    return [
        Someone("outsider", first, first.outsider, organises=False),
        Someone("member", first, first.member, organises=False),
        Someone("lead", first, first.lead, organises=False),
        Someone("organiser", first, first.organiser, organises=True),
        Someone("administrator", first, first.administrator, organises=True),
        Someone("member", town.second, town.second.member, organises=False),
        Someone("reader", private, private.outsider, organises=False),
        Someone("member", private, private.member, organises=False),
        Someone("organiser", town.elsewhere, town.elsewhere.insider, organises=True),
    ]


@dataclass
class Town:
    """A server with two groups that all can read and one in a private channel; another server."""

    first: Side
    second: Side
    private: Side
    elsewhere: Side


@pytest.fixture
async def town(world: World, reported: Reported) -> Town:
    """One of everything in each group, and secrets in each."""
    first = new_server(world, "first", "quokka")
    elsewhere = new_server(world, "elsewhere", "walrus")
    second = new_group(world, first, "second", "numbat")
    private = new_group(world, first, "private", "bilby", private=True)
    for side in (first, second, private, elsewhere):
        await furnish(world, side)
        await conceal(world, side)
    await world.forward(timedelta(hours=1))
    assert defects(reported.take()) == []
    return Town(first, second, private, elsewhere)


def written(town: Town) -> tuple[str, ...]:
    """Return the words one of which is in everything that people wrote."""
    return tuple(side.word for side in (town.first, town.second, town.private, town.elsewhere))


async def test_no_list_that_opens_while_typing_offers_what_somebody_may_not_know(
    world: World, reported: Reported, town: Town
) -> None:
    words = written(town)
    known = [one for one in facts(world) if any(word in one.text for word in words)]
    assert len({one.where for one in known}) > 40
    wrong: set[str] = set()
    offered: set[str] = set()
    for person in everybody(town):
        allowed = {one.text for one in known if person.may_be_offered(world, one)}
        forbidden = {
            one.text: one.where for one in known if not any(one.text in other for other in allowed)
        }
        everything = person.actor is town.first.outsider
        for command, option, given in asked(world, town, everything=everything):
            in_thread = is_on_board(command)
            place = person.side.thread if in_thread else person.side.channel
            assert place is not None
            choices = await person.actor.autocomplete(place, command, option, "", **given)
            seen = json.dumps(choices, ensure_ascii=False)
            offered.update(text for text in allowed if text in seen)
            wrong |= {
                f"/{command} {option} offers {text!r} ({where}) to the {person.rank} of "
                f"{person.side.channel.name} with {given}"
                for text, where in forbidden.items()
                if text in seen
            }
    assert defects(reported.take()) == []
    assert len(offered) > 40, "hardly anything was offered"
    assert not wrong, "\n".join(sorted(wrong))


def asked(
    world: World, town: Town, *, everything: bool
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield the options that complete, also beside the names of others' things.

    Where one function completes several, one of them stands for ``everything``.
    """
    met: set[object] = set()
    for command in every_slash(world):
        completing = {
            one.display_name: one.autocomplete
            for one in command._params.values()
            if one.autocomplete
        }
        for option, function in completing.items():
            if function in met and not everything:
                continue
            met.add(function)
            yield command.qualified_name, option, {}
            for other in completing.keys() - {option}:
                for side in (town.first, town.private):
                    yield command.qualified_name, option, {other: f"{side.word} {other}"}


async def test_what_stands_in_a_private_channel_is_not_there_for_who_cannot_read_it(
    world: World, reported: Reported, town: Town
) -> None:
    private, own = town.private, town.first
    intruder = own.lead
    # Whatever the leader of a meeting that has begun does first also notes that they are there.
    await intruder.slash(own.channel, "meeting list")
    saved = Saved(world)
    wrong: list[str] = []
    tried = 0
    for command in every_slash(world):
        name = command.qualified_name
        saved.restore()
        theirs = await example(world, private, command)
        mine = await example(world, own, command)
        foreign = {
            option: choice
            for option, choice in theirs.offered.items()
            if private.word in choice["name"] and option in COMPLETE
        }
        for option, choice in foreign.items():
            for given in (choice["value"], choice["name"]):
                saved.restore()
                reported.take()
                result = await use(mine, intruder, **{option: given})
                confirmed = await confirm(intruder, result)
                errors = reported.take()
                tried += 1
                said = " ".join(shown(one) for one in (result, *confirmed))
                if not any(isinstance(one, NotFound) for one in errors):
                    wrong.append(f"/{name} {option}: {given} was there: {errors} {said[:300]}")
                if given == choice["value"] and private.word in said:
                    wrong.append(f"/{name} {option}: {given} shows {said[:300]}")
                if saved.changed():
                    wrong.append(f"/{name} {option}: {given} changed {saved.changed()}")
        # What names nothing: the lists, the overview, what it falls back to.
        needed = {one.display_name for one in command.parameters if one.required}
        without = dict.fromkeys(mine.offered.keys() - needed)
        for person in (intruder, own.outsider):
            saved.restore()
            result = await use(mine, person, **without)
            said = " ".join(shown(one) for one in (result, *await confirm(person, result)))
            if private.word in said:
                wrong.append(f"/{name} without options shows {said[:300]}")
    saved.close()
    assert defects(reported.take()) == []
    assert tried > 80
    assert not wrong, "\n".join(wrong)


COMPLETE = ("group", "project", "meeting", "series", "programme", "list", "nomination")
"""Options that name something by itself, and not a part of what another one names."""


@dataclass
class Hidden:
    """A group in a channel that who has a role can read: bob does, alice did, cara never."""

    channel: ChannelHandle
    role: RoleHandle


@pytest.fixture
async def hidden(world: World) -> Hidden:
    role = world.guild.create_role("Readers")
    organisers = world.guild.roles["Organisers"]
    assert world.bot.user is not None
    see = discord.PermissionOverwrite(view_channel=True)
    channel = world.guild.create_text_channel(
        "private-studies",
        overwrites={
            world.guild.default_role: discord.PermissionOverwrite(view_channel=False),
            role: see,
            organisers: see,
            world.bot.user: see,
        },
    )
    for person in (world.alice, world.bob):
        world.env.backend.add_member_role(world.guild.id, person.id, role.id)
    await world.group("Quiet Room", channel)
    await world.alice.slash(channel, "checkin post", did="told something private")
    meeting = {"title": "Private talk", "when": "2026-11-06 19:00", "where": "quokka room"}
    await world.bob.slash(channel, "meeting schedule", **meeting)
    world.env.backend.remove_member_role(world.guild.id, world.alice.id, role.id)
    await world.env.settle()
    return Hidden(channel, role)


async def test_who_cannot_read_a_groups_channel_can_neither_find_nor_join_it(
    world: World, hidden: Hidden
) -> None:
    for name in ("group join", "group show", "checkin status", "meeting list", "pod show"):
        refused = await world.cara.slash(world.channel, name, group="Quiet Room")
        assert "no group called" in text(refused)
        refused = await world.cara.slash(world.channel, name)
        assert "Quiet Room" not in text(refused)
        assert "Private talk" not in text(refused)
    assert "Quiet Room" not in text(await world.cara.slash(world.channel, "cohort help"))
    assert "Quiet Room" in text(await world.bob.slash(world.channel, "cohort help"))
    shown = await world.bob.slash(world.channel, "group show", group="Quiet Room")
    assert "Quiet Room" in text(shown)


async def test_who_may_no_longer_read_a_groups_channel_reads_it_nowhere_else_and_can_leave(
    world: World, hidden: Hidden
) -> None:
    past = {"person": world.bob.user, "group": "Quiet Room"}
    assert "no group called" in text(
        await world.alice.slash(world.channel, "checkin history", **past)
    )
    assert "Private talk" not in text(await world.alice.slash(world.channel, "meeting list"))
    offered = await world.alice.autocomplete(world.channel, "group leave", "group", "")
    assert [one["name"] for one in offered] == ["Quiet Room"]
    left = await world.alice.slash(world.channel, "group leave", group="Quiet Room")
    assert "no group called" not in text(left)
    assert not await world.alice.autocomplete(world.channel, "group leave", "group", "")


async def test_a_meeting_in_a_private_channel_is_no_event_of_the_whole_server(
    world: World, hidden: Hidden
) -> None:
    events = world.env.backend.guilds[world.guild.id].scheduled_events
    assert not events
    await world.group("Open Room")
    meeting = {"title": "Open talk", "when": "2026-11-06 19:00", "group": "Open Room"}
    await world.alice.slash(world.channel, "meeting schedule", **meeting)
    assert [one.name for one in events.values()] == ["Open talk"]
    assert world.bot.user is not None
    see = discord.Permissions(view_channel=True).value
    for overwrite in (
        Overwrite(world.bot.user.id, OverwriteType.MEMBER, allow=see),
        Overwrite(world.guild.default_role.id, OverwriteType.ROLE, deny=see),
    ):
        world.env.backend.set_overwrite(world.channel.id, overwrite)
    await world.env.settle()
    moved = {"meeting": "Open talk", "when": "2026-11-07 19:00"}
    await world.organiser.slash(hidden.channel, "meeting move", **moved)
    await world.env.settle()
    assert not events


async def test_an_organiser_finds_a_group_whose_channel_they_cannot_read(
    world: World, hidden: Hidden
) -> None:
    managers = world.guild.create_role(
        "Managers", permissions=discord.Permissions(manage_guild=True)
    )
    manager = world.join("mona", managers)
    shown = await manager.slash(world.channel, "group show", group="Quiet Room")
    assert "Quiet Room" in text(shown)


async def test_a_shared_portfolio_shows_to_each_what_they_can_read(
    world: World, hidden: Hidden
) -> None:
    await world.bob.slash(hidden.channel, "checkin post", did="read the private paper")
    await world.group("Open Room")
    await world.bob.slash(world.channel, "checkin post", did="read the open paper")
    own = await world.bob.slash(hidden.channel, "profile portfolio")
    await world.bob.click(own.response, label="Share it with this server")
    assert "Quiet Room" in text(own)
    for person, knows in ((world.cara, False), (world.organiser, True)):
        shown = await person.slash(world.channel, "profile portfolio", person=world.bob)
        assert "Open Room" in text(shown)
        files = [await one.read() for one in (shown.response.attachments if shown.response else ())]
        assert files
        assert ("Quiet Room" in text(shown)) is knows
        assert any(b"Quiet Room" in one for one in files) is knows


async def test_of_a_channel_that_is_gone_only_its_members_still_know(
    world: World, hidden: Hidden
) -> None:
    world.env.backend.delete_channel(hidden.channel.id)
    await world.env.settle()
    assert "Quiet Room" in text(
        await world.bob.slash(world.channel, "checkin status", group="Quiet Room")
    )
    refused = await world.cara.slash(world.channel, "checkin status", group="Quiet Room")
    assert "no group called" in text(refused)


async def test_a_calendar_is_closed_to_who_may_no_longer_read_its_groups_channel(
    world: World, hidden: Hidden
) -> None:
    calendars: Any = world.bot.get_cog("CalendarCommands")
    feeds, service = calendars.feeds, calendars.calendars
    async with world.bot.store.read() as tx:
        (group,) = await tx.groups.of_server(world.guild.id)
    secret = await service.secret(world.place(world.alice, hidden.channel), group)
    assert await feeds.find(secret) is None
    world.env.backend.add_member_role(world.guild.id, world.alice.id, hidden.role.id)
    await world.env.settle()
    assert await feeds.find(secret) is not None


async def test_who_keeps_their_progress_to_themselves_is_reminded_of_it_before_nobody(
    world: World, reported: Reported
) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    async with world.bot.store.read() as tx:
        group = await tx.groups.in_channel(side.guild.id, side.channel.id)
        assert group is not None
        (programme,) = await tx.programmes.of_group(group.id)
    control = side.administrator
    await control.slash(side.channel, "group join")
    await press(control, side.channel, f"programme:join:{programme.id}")
    await press(side.insider, side.channel, f"programme:hide:{programme.id}:yes")
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await world.forward(timedelta(days=60))
    told = [one.content for one in side.channel.history() if "programme**:" in one.content]
    assert [one for one in told if f"<@{control.id}>" in one]
    assert not [one for one in told if f"<@{side.insider.id}>" in one]


async def test_who_hides_a_streak_shows_no_calendar_to_count_it_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.group()
    await world.organiser.slash(
        world.channel, "checkin schedule", cadence="weekly", day="sunday", time="18:00"
    )
    for _ in range(2):
        await world.alice.slash(world.channel, "checkin post", did="Read on")
        await world.forward(timedelta(days=7))
    drawn: list[Any] = []
    draw = picture.draw

    def drawing(given: Any) -> bytes:
        drawn.append(given)
        return draw(given)

    monkeypatch.setattr(picture, "draw", drawing)
    for hidden in ("show", "hide"):
        await world.alice.slash(world.channel, "profile notify", streak=hidden)
        for person in (world.alice, world.bob):
            await person.slash(world.channel, "checkin stats", person=world.alice)
    assert [bool(one.boxes) for one in drawn] == [True, True, True, False]


async def test_what_somebody_is_stuck_with_is_told_to_who_is_asked_and_in_no_other_group(
    world: World,
) -> None:
    await world.group()
    private = world.guild.create_text_channel("private-studies")
    await world.organiser.slash(private, "group create", name="Quiet Room", focus="CUDA")
    await world.alice.slash(private, "group join")
    await mentor(world, world.bob)
    shown = await world.alice.slash(
        private, "checkin post", did="Tried", blocked="CUDA says something private"
    )
    await world.env.settle()
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await world.alice.click(shown.followups[-1], label="Ask")
    await world.bot.deadlines.run_due()
    await world.env.settle()
    told = "\n".join(text(one) for one in world.channel.history())
    assert f"<@{world.bob.id}> <@{world.alice.id}> would like to be introduced to you" in told
    assert "something private" not in told
