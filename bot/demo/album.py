"""Where the pictures of a walk through the demo are kept."""

from __future__ import annotations

import re
from pathlib import Path

from bot.demo.camera import Camera

WIDTHS = (960, 360)
"""Pixels: a desktop's window and a phone's."""


class Album:
    """A folder of numbered pictures, one of each width for every step."""

    def __init__(self, folder: Path, camera: Camera) -> None:
        self._folder = folder
        self._camera = camera
        self._steps = 0

    async def add(self, url: str, title: str) -> list[Path]:
        """Photograph what the page at ``url`` shows; returns the files."""
        self._steps += 1
        slug = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:40].strip("-")
        paths: list[Path] = []
        for width in WIDTHS:
            path = self._folder / f"{self._steps:02}-{slug or 'channel'}-{width}.png"
            path.write_bytes(await self._camera.photograph(url, width))
            paths.append(path)
        return paths
