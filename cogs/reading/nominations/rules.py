"""What holds for papers that a group could read."""

from __future__ import annotations

NOTE_LIMIT = 300
