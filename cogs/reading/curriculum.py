"""Reading lists from a file: reading them, and turning them into a series."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import InvalidInput
from bot.place import Place
from bot.recurrence import Cadence
from cogs.reading import rules
from cogs.reading.service import Plan, add_paper, existing, write_meeting
from data.database import Store
from data.reading import Meeting
from data.server import Group

MOST_UNITS = 60
MOST_BYTES = 200_000
COLUMNS = ("unit", "title", "link", "minutes", "level", "exercises")
EXAMPLE = (
    "The first line names the columns, `title` at least: "
    f"`{','.join(COLUMNS)}`. For example `1,Grokking,https://arxiv.org/abs/2201.02177,40,beginner,"
    "Reproduce figure 1; Try another prime`."
)


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """One line of a reading list; ``minutes`` is how long it takes to read."""

    title: str
    link: str | None = None
    minutes: int | None = None
    level: str | None = None
    exercises: tuple[str, ...] = ()


def read(data: bytes) -> list[UnitPlan]:
    """Return the units of a CSV file (UTF-8, parted by commas, semicolons or tabs).

    Lines with the same ``unit`` and more than one title stay units of their own, in the order of
    the file. Exercises are parted by semicolons or lines. Raises InvalidInput naming the line
    and what is wrong with it.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"That file has {len(data)} bytes; {MOST_BYTES} are the most.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"I can't read that file: save it as CSV in UTF-8. {EXAMPLE}") from None
    header = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InvalidInput(f"I can't read that file as CSV ({error}). {EXAMPLE}") from None
    units: list[UnitPlan] = []
    for number, row in enumerate(rows, start=2):
        cells = {
            str(name).strip().casefold(): str(value).strip()
            for name, value in row.items()
            if name and isinstance(value, str)
        }
        if not any(cells.values()):
            continue
        if "title" not in cells:
            raise InvalidInput(f"I find no column `title`. {EXAMPLE}")
        units.append(_unit(number, cells))
    if not units:
        raise InvalidInput(f"There is no unit in that file. {EXAMPLE}")
    if len(units) > MOST_UNITS:
        raise InvalidInput(f"That file has {len(units)} units; {MOST_UNITS} are the most.")
    return units


def _unit(number: int, cells: dict[str, str]) -> UnitPlan:
    try:
        title = rules.check_title(cells["title"])
        link = rules.check_link(cells["link"]) if cells.get("link") else None
    except InvalidInput as error:
        raise InvalidInput(f"Line {number}: {error.sentence}") from None
    minutes = cells.get("minutes", "")
    if minutes and not (minutes.isdecimal() and 0 < int(minutes) <= 6000):
        raise InvalidInput(f"Line {number}: give the `minutes` as a number, such as 40.")
    parts = cells.get("exercises", "").replace("\n", ";").split(";")
    exercises = tuple(" ".join(part.split())[:300] for part in parts if part.strip())
    level = " ".join(cells.get("level", "").split())[:60] or None
    return UnitPlan(title, link, int(minutes) if minutes else None, level, exercises[:20])


class CurriculumService:
    """Turns reading lists into series."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def schedule(
        self,
        place: Place,
        group: Group,
        units: Sequence[UnitPlan],
        *,
        title: str,
        starts_at: datetime,
        zone: ZoneInfo,
        cadence: Cadence,
        minutes: int,
    ) -> Meeting:
        """Write a series with a meeting for each unit; returns the first.

        Raises what ``ReadingService.schedule`` raises.
        """
        now = self.clock.now()
        plan = Plan(
            title=title,
            starts_at=starts_at,
            zone=zone,
            minutes=minutes,
            cadence=cadence,
            times=len(units),
        )
        async with self.store.transaction() as tx:
            meeting = await write_meeting(tx, place, group, plan, now)
            assert meeting.series_id is not None  # noqa: S101 - the plan repeats
            for number, unit in enumerate(units, start=1):
                paper = await add_paper(tx, unit.link, now) if unit.link else None
                await tx.reading.add_unit(
                    series_id=meeting.series_id,
                    number=number,
                    title=unit.title,
                    paper_id=paper.id if paper else None,
                    reading_minutes=unit.minutes,
                    level=unit.level,
                    exercises=unit.exercises,
                )
            taken = await tx.reading.next_unit(meeting.series_id)
            assert taken is not None  # noqa: S101 - there is at least one
            await tx.reading.take_unit(taken, meeting.id)
            await tx.reading.edit(meeting.id, title=taken.title, paper_id=taken.paper_id)
            return await existing(tx, meeting.id)
