"""How often servers are checked, and how much organisers are shown."""

from __future__ import annotations

from datetime import timedelta

EVERY = timedelta(minutes=10)
"""How often the servers are checked."""

AGAIN = timedelta(hours=6)
"""When to try again to tell organisers who could not be reached."""

FAILED_NAMED = 50
"""How many failed deliveries have their subjects looked up."""

AT_A_TIME = 100
"""Servers that are looked up together."""

UPCOMING_SHOWN = 5

FAILED_SHOWN = 10
