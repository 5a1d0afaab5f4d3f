"""Where the pictures of a walk through the demo are kept."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from bot.demo.chromium import Camera

WIDTHS = (960, 360)
"""Pixels: a desktop's window and a phone's."""


KEPT = (720, 960)
"""Width and height at most, in pixels, of a picture for a document."""


class Album:
    """A folder of numbered pictures, one of each width for every step."""

    def __init__(self, folder: Path, camera: Camera) -> None:
        self._folder = folder
        self._camera = camera
        self._steps = 0

    async def keep(self, url: str, name: str, *, top: bool) -> Path:
        """Photograph the latest messages, or the first ones, for a document; returns the file."""
        whole = Image.open(io.BytesIO(await self._camera.photograph(url, KEPT[0])))
        height = min(KEPT[1], whole.height)
        above = 0 if top else whole.height - height
        path = self._folder / f"{name}.png"
        part = whole.crop((0, above, whole.width, above + height))
        part.convert("P", palette=Image.Palette.ADAPTIVE).save(path, optimize=True)
        return path

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
