"""When an erasure that was cut off goes on, and in how large parts."""

from __future__ import annotations

from datetime import timedelta

GO_ON = timedelta(minutes=1)
"""How long after it was begun an erasure that did not end is taken up again."""

MESSAGES = 100
"""Messages that are noted to be deleted in one transaction."""
