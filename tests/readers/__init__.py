"""Calendar files as somebody else's programs read them: ical.js and libical.

None of them shares code with what writes the files, and all their zones are those of the file.
``npm install`` in this folder brings ical.js, and Debian's ``libical3`` the other. A test without
its reader is skipped and says so. (node-ical is no such reader: it takes zones from Node itself.)
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent

Times = Mapping[str, tuple[int, int]]
"""For each UID when its event starts and ends, in seconds since 1970."""

Reader = Callable[[Sequence[bytes]], list[Times]]


def missing(name: str) -> str | None:
    """Say why a reader cannot be used here; None where it can."""
    if name == "libical":
        return None if ctypes.util.find_library("ical") else "libical3 is not installed"
    if shutil.which("node") is None:
        return "node is not installed"
    installed = (HERE / "node_modules" / name).is_dir()
    return None if installed else f"{name} is not installed: npm install in tests/readers"


def with_node(script: str) -> Reader:
    """Return a reader that is a script for node."""

    def read(files: Sequence[bytes]) -> list[Times]:
        answer = subprocess.run(
            ["node", str(HERE / script)],  # noqa: S607 - whichever node there is
            input=json.dumps([file.decode() for file in files]),
            capture_output=True,
            text=True,
            check=True,
        )
        read: list[dict[str, tuple[int, int]]] = json.loads(answer.stdout)
        return [{uid: (start, end) for uid, (start, end) in one.items()} for one in read]

    return read


class _Time(ctypes.Structure):
    """libical's ``struct icaltimetype``."""

    _fields_ = (
        *[(name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")],
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


EVENT = 4
"""``ICAL_VEVENT_COMPONENT``."""


def with_libical(files: Sequence[bytes]) -> list[Times]:
    """Read files with libical, the library of GNOME, KDE and Thunderbird."""
    library = ctypes.CDLL(ctypes.util.find_library("ical"))
    pointer = ctypes.c_void_p
    for name, returns, takes in (
        ("icalparser_parse_string", pointer, [ctypes.c_char_p]),
        ("icalcomponent_get_first_component", pointer, [pointer, ctypes.c_int]),
        ("icalcomponent_get_next_component", pointer, [pointer, ctypes.c_int]),
        ("icalcomponent_get_uid", ctypes.c_char_p, [pointer]),
        ("icalcomponent_get_dtstart", _Time, [pointer]),
        ("icalcomponent_get_dtend", _Time, [pointer]),
        ("icaltime_as_timet_with_zone", ctypes.c_long, [_Time, pointer]),
        ("icalcomponent_free", None, [pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = returns, takes

    def instant(time: _Time) -> int:
        return int(library.icaltime_as_timet_with_zone(time, time.zone))

    found: list[Times] = []
    for file in files:
        calendar = library.icalparser_parse_string(file)
        assert calendar, "libical cannot read the file"
        times: dict[str, tuple[int, int]] = {}
        event = library.icalcomponent_get_first_component(calendar, EVENT)
        while event:
            uid = library.icalcomponent_get_uid(event).decode()
            start = instant(library.icalcomponent_get_dtstart(event))
            times[uid] = (start, instant(library.icalcomponent_get_dtend(event)))
            event = library.icalcomponent_get_next_component(calendar, EVENT)
        library.icalcomponent_free(calendar)
        found.append(times)
    return found


READERS: Mapping[str, Reader] = {
    "ical.js": with_node("ical.mjs"),
    "libical": with_libical,
}
