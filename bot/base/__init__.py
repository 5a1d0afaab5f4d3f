"""Pure: errors, the clock, times, recurrence, wording. Everything may use it; no I/O.

Importing it also decides whose time zone rules count: those of the pinned ``tzdata`` package.
``zoneinfo`` would prefer the operating system's files, which can be years older, and a meeting
would then be an hour off on one machine and not on another. This package is the first that every
process imports, so no zone has been read before.
"""

import zoneinfo

# https://docs.python.org/3/library/zoneinfo.html#zoneinfo-data-configuration
zoneinfo.reset_tzpath(())
# Zones that somebody read before us would otherwise stay as they were.
zoneinfo.ZoneInfo.clear_cache()
