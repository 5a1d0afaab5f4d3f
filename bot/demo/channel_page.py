"""The page in the browser: one channel, as one person sees it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from simcord.actors import MemberActor
from simcord.backend.errors import SetupError
from simcord.builders import ChannelHandle, UserHandle
from simcord.preview import Preview
from simcord.preview._markdown import _FIELD_POLICIES as POLICIES  # pyright: ignore[reportPrivateUsage]
from simcord.results import InteractionResult

from bot.base.errors import CohortError
from bot.demo.simulated_server import Town

Viewer: TypeAlias = MemberActor | UserHandle

for _part in ("embed_description", "embed_field_value"):
    # Discord shows names there, and SimCord leaves the ids.
    POLICIES[_part]["mentions"] = True


class PageClosed(CohortError):
    """The page is gone: somebody ended the session in the browser."""


class Page:
    """SimCord's preview, led from channel to channel.

    A preview is made for one channel. This one turns the pages that are open in browsers over to
    another, so that its address stays the same and nobody has to reload.
    """

    def __init__(self, town: Town, preview: Preview) -> None:
        self._town = town
        self._preview = preview
        self._showing: tuple[int, int] | None = None

    @property
    def url(self) -> str:
        """The address to open; who has it can act in the demo."""
        return self._preview.url

    async def show(
        self,
        place: ChannelHandle,
        viewer: Viewer,
        others: Sequence[Viewer] = (),
        form: InteractionResult | None = None,
    ) -> None:
        """Show a channel as ``viewer`` sees it, with the form that they opened.

        ``others`` can be picked on the page too.
        """
        preview = self._preview
        turned = (place.id, viewer.id) != self._showing
        self._showing = (place.id, viewer.id)
        seen = place.history(viewer=viewer)
        latest = seen[-1].id if seen else None
        preview.channel = place
        preview.viewers = (viewer, *others)
        pages: list[Any] = list(preview._pages.values())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - there is no public way
        for page in pages:
            if turned:
                page.channel_id = place.id
                page.viewer = viewer
                page.target_id = page.window_end_id = latest
                page.modal = page.modal_handle = None
                page.generation += 1
            if form is not None and page.viewer.id == viewer.id and page.modal is not form:
                page.modal = form
                page.modal_handle = f"m_{secrets.token_urlsafe(12)}"
        await self.refresh()

    async def refresh(self) -> None:
        """Show what has changed; raises PageClosed when the session was ended in the browser."""
        try:
            await self._town.alone(self._preview.refresh)
        except SetupError:
            raise PageClosed("The session was ended in the browser.") from None

    async def closed(self) -> None:
        """Wait until somebody ends the session in the browser."""
        await self._preview.wait_closed()


@asynccontextmanager
async def page(town: Town, place: ChannelHandle, viewer: Viewer) -> AsyncGenerator[Page]:
    """Serve the channel on a free port of this machine."""
    preview = town.env.preview(place, viewers=[viewer], layout="channel", locale="en-GB")
    await preview.__aenter__()
    try:
        yield Page(town, preview)
    finally:
        await preview.close()
