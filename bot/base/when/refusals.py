"""What is refused of a typed moment, or asked back, and in which words.

A moment that has gone by, that is too far ahead, that the clocks skip or show twice, that means two
things, or that nobody can read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from bot.base.errors import InvalidInput
from bot.base.when.answers import LONGEST, either, quoted, stamp
from bot.base.when.clock_changes import around_gap, offset_of
from bot.base.when.grammar import Text
from bot.base.when.weekdays import WEEKDAYS

FARTHEST = relativedelta(years=5)
"""What is typed for a moment farther ahead than this is taken for a slip of the finger."""


class Contradiction(InvalidInput):
    """Two words that were typed exclude each other."""


class Question(InvalidInput):
    """What was typed lacks something that only the person knows."""


class Unreadable(InvalidInput):
    """What was typed makes no moment."""


class TypedText(Struct, frozen=True, kw_only=True):
    """One text in one zone at one instant, and what can be wrong with it."""

    typed: str
    zone: ZoneInfo
    now: datetime
    end_of_day: bool
    assumed: date | None = None
    """The day that is meant where none is typed."""
    clocks: tzinfo | None = None
    """Those of the place that was named, where one was."""

    @property
    def there(self) -> tzinfo:
        """The clocks that the text is read by."""
        return self.clocks or self.zone

    @property
    def today(self) -> date:
        """The day it is there."""
        return self.now.astimezone(self.there).date()

    def reachable(self, instant: datetime) -> datetime:
        """Return ``instant`` if it is after now and not too far ahead."""
        if instant <= self.now:
            raise InvalidInput(
                f"I read {self.quote} as {stamp(instant)}, which has gone by. Type a time that is"
                f" still to come. {self.examples}"
            )
        if instant > self.now + FARTHEST:
            raise self.too_far()
        return instant

    @property
    def quote(self) -> str:
        """What was typed, fit for a sentence."""
        return quoted(self.typed)

    @property
    def examples(self) -> str:
        """A sentence of what can be typed."""
        return f"Try `tue 19:00`, `{self.today + timedelta(days=7)} 18:00` or `in 3 days`."

    def unreadable(self) -> InvalidInput:
        """Say that no time can be seen in it."""
        if len(self.typed) > LONGEST:
            return Unreadable(
                f"I can't read {self.quote}: it's too long for a time. {self.examples}"
            )
        what = f"{self.quote} as a time" if self.typed.strip() else "a time where nothing is typed"
        return Unreadable(f"I can't read {what}. {self.examples}")

    def not_understood(self, text: Text) -> InvalidInput:
        """Say which part of it means nothing here."""
        if text.unread == text.text:
            return self.unreadable()
        part = quoted(text.unread)
        return Unreadable(
            f"I can't read {self.quote} as a time: I don't understand {part}. {self.examples}"
        )

    def lacks_time(self, day: date, part: str | None = None) -> InvalidInput:
        """Ask for the time of day."""
        typed = " ".join(self.typed.split())
        if part is not None:
            return Question(f"What time is {quoted(part)}? Type it, as in `{day} 19:00`.")
        # A zone goes after the time.
        example = f"{typed} 19:00" if self.clocks is None else f"{day} 19:00 {self.clocks}"
        return Question(f"What time on {quoted(typed)}? Add it, as in {quoted(example)}.")

    def which_half(self, hour: int) -> InvalidInput:
        """Ask which half of the day a bare hour is in."""
        if hour > 23:
            return self.unreadable()
        hours = [hour, (hour + 12) % 24] if 1 <= hour <= 12 else [hour]
        typed = " ".join(self.typed.split())
        examples = [
            f"`{re.sub(rf'(?<![0-9:.])0?{hour}(?![0-9:.])', f'{one:02}:00', typed, count=1)}`"
            for one in hours
        ]
        return Question(f"Do you mean {either(examples)}? Type it like that.")

    def which_night(self, day: date, at: time) -> InvalidInput:
        """Ask which of the two nights of a day is meant."""
        following = day + timedelta(days=1)
        return Question(
            f"Is {self.quote} in the night before that day or after it? Type `{day} {at:%H:%M}` or"
            f" `{following} {at:%H:%M}`."
        )

    def two_times(self) -> InvalidInput:
        """Say that it holds more than one time."""
        return Unreadable(
            f"{self.quote} holds more than one time. Type only the start, as in `tue 19:00`,"
            " and put a space before an offset, as in `18:00 -05:00`."
        )

    def several(self, instants: Sequence[datetime]) -> InvalidInput:
        """Ask which of several moments is meant, in words that can mean only one."""
        walls = [one.astimezone(self.there) for one in instants[:3]]
        choices = either(
            [f"`{wall:%Y-%m-%d %H:%M}` ({WEEKDAYS[wall.weekday()]})" for wall in walls]
        )
        return Question(
            f"{self.quote} means different times in different languages. Type {choices}."
        )

    def too_far(self) -> InvalidInput:
        """Say that it is more than ``FARTHEST`` ahead."""
        return InvalidInput(
            f"{self.quote} is more than 5 years ahead. Check the year. {self.examples}"
        )

    def skipped(self, day: date, at: time) -> InvalidInput:
        """Say that the clocks skip it, and which times are the nearest."""
        before, after = around_gap(day, at, self.there)
        return InvalidInput(
            f"There is no {at:%H:%M} on {day} in {self.there}: the clocks skip it as they go"
            f" forward. Type `{before:%Y-%m-%d %H:%M}` or `{after:%Y-%m-%d %H:%M}`."
        )

    def twice(self, instants: Sequence[datetime]) -> InvalidInput:
        """Say that the clocks show it twice, and how to type each."""
        walls = [instant.astimezone(self.there) for instant in instants]
        first, second = (f"`{wall:%Y-%m-%d %H:%M} {offset_of(wall)}`" for wall in walls)
        return InvalidInput(
            f"The clocks in {self.there} show {walls[0]:%H:%M} twice on {walls[0]:%Y-%m-%d}, as"
            f" they go back. Type {first} for the first, {stamp(instants[0])}, or {second} for the"
            f" second, {stamp(instants[1])}."
        )
