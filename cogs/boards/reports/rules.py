"""How much a report holds."""

from __future__ import annotations

LINES = 500
"""How many lines of the log a report holds."""

NAMES = 50
"""How many people a report looks up by name; each takes one request to Discord."""

LONGEST_VALUE = 60
"""Longer lists of values appear in the report's tables as their mean; JSON and CSV keep all."""

ON_PAGE = 12
"""How many claims the first page's table has room for."""
