"""What the clocks of a zone show: gaps, folds, nights, and the ends of days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

MIDNIGHT = time(0)
_LAST_MINUTE = time(23, 59)


def local(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the instant (UTC) at which the clocks of ``zone`` show ``at`` on ``day``.

    The rule for what repeats: in a gap it moves forward by the gap (02:30 becomes 03:30 where the
    clocks go from 02:00 to 03:00); in a fold the first of the two counts.
    """
    # PEP 495: with fold=0 the offset from before the change holds, in a gap and in a fold.
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


MORNING, EVENING = time(9), time(18)
EARLIEST, LATEST = time(8), time(21)
"""Between these nobody minds being reminded."""


def waking(instant: datetime, zone: tzinfo, *, earlier: bool) -> datetime:
    """Return an instant at which people in ``zone`` are awake: this one, or the nearest of them.

    At night that is the evening before (``earlier``) or the morning after.
    """
    there = instant.astimezone(zone)
    if EARLIEST <= there.time() <= LATEST:
        return instant
    early = there.time() < EARLIEST
    if earlier:
        return local(there.date() - timedelta(days=1 if early else 0), EVENING, zone)
    return local(there.date() + timedelta(days=0 if early else 1), MORNING, zone)


def instants_of(day: date, at: time, zone: tzinfo) -> tuple[datetime, ...]:
    """Return every instant (UTC) at which the clocks show that: none, one or two, in order."""
    wall = datetime.combine(day, at)
    guesses = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    # In a gap, both guesses come back as other times than they were made from.
    shown = {guess: guess.astimezone(zone).replace(tzinfo=None, fold=0) for guess in guesses}
    return tuple(sorted(guess for guess in guesses if shown[guess] == wall))


def around_gap(day: date, at: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the last minute before, and the first after, the gap that swallows that local time."""
    wall = datetime.combine(day, at, zone)
    before, after = (wall.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    shown_before = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == shown_before:
            before = middle
        else:
            after = middle
    return (after - timedelta(minutes=1)).astimezone(zone), after.astimezone(zone)


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the instant (UTC) of the last 23:59 of ``day``: a date alone chooses no fold."""
    return datetime.combine(day, _LAST_MINUTE.replace(fold=1), zone).astimezone(UTC)


def offset_of(moment: datetime) -> str:
    """Return the UTC offset of ``moment`` as people type it: “+05:30”."""
    digits = moment.strftime("%z")
    return f"{digits[:3]}:{digits[3:5]}"
