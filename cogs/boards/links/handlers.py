"""Checks the links of boards a few times a day, and tells what changed there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote, urlsplit

import structlog
from msgspec.structs import replace

from bot import events
from bot.base.errors import InvalidInput, NotFound, Undeliverable
from bot.client import CohortBot
from bot.jobs.turns import Turns
from bot.net.public_http import MAX_BODY, AddressRefused, PageAnswer, Unreached
from bot.ui.direct_messages import note_to, tell_by_id
from cogs.boards.board.threads import BoardThreads
from cogs.boards.links import rules
from cogs.boards.links.rules import Blob, Look, SeenLink
from cogs.boards.links.service import LinkService, Noted, Watched
from cogs.boards.results import cards as result_cards
from cogs.boards.results.results_files import is_results_file
from cogs.boards.results.service import ResultFileService
from cogs.boards.results.views import LogThemButton
from cogs.boards.wording import short
from data.boards.watches import Watch
from data.delivery.deadlines import Deadline
from data.delivery.kinds import DeadlineKind

log = structlog.stdlib.get_logger(__name__)


class Watcher:
    """Checks what is due in the background, so that no reminder waits for somebody's server."""

    def __init__(self, bot: CohortBot) -> None:
        self._bot = bot
        self._service = bot.service(LinkService)
        self._files = bot.service(ResultFileService)
        self._threads = BoardThreads(bot)
        self._turns = Turns(rules.AT_ONCE)
        bot.deadlines.on(DeadlineKind.BOARDS_WATCH, self._due)

    async def _due(self, deadline: Deadline, late: timedelta) -> None:
        """Plan the next check, and do this one."""
        found = await self._service.due(deadline.guild_id, deadline.subject_id)
        if self._service.on:
            # The deadline is done with this: a stranger's slow server must not hold up a server's
            # reminders, which are delivered in order.
            self._bot.background.spawn(self._look(found), f"look at link {found.link.id}")

    async def _look(self, found: Watched) -> None:
        assert found.watch is not None  # noqa: S101 - only watched links are due
        async with self._turns.of(found.link.guild_id):
            seen = await self._see(found.link.url, found.watch)
        try:
            noted = await self._service.note(found, seen)
        except NotFound:
            return
        if noted is None:
            return
        if seen.look is Look.FAILED:
            log.info("a link could not be checked", link=noted.link.id, reason=seen.reason)
        if noted.changed:
            events.project_changed(self._bot, noted.project.id)
        if seen.body is not None:
            await self._results(noted, seen.body, seen.revision)
        if noted.refused is not None:
            await self._tell(noted)

    async def _results(self, noted: Noted, body: bytes, revision: str | None) -> None:
        """Post what is new in a results file; a file in another format is an ordinary link."""
        try:
            new = await self._files.keep(noted.link, body.decode("utf-8-sig"), revision)
        except (UnicodeDecodeError, InvalidInput) as error:
            log.info("a link is no results file", link=noted.link.id, reason=str(error))
            return
        if new is None:
            return
        buttons = [LogThemButton(noted.link.id, new.file.version)] if new.fresh.results else []
        key = f"board/link/{noted.link.id}/file/{new.file.version}"
        await self._threads.post(noted.project, key, result_cards.changed(new, buttons))

    async def _see(self, url: str, watch: Watch) -> SeenLink:
        try:
            blob = rules.blob(url)
            if blob is not None and is_results_file(blob.path):
                return await self._file(blob, watch)
            name = rules.repository(url)
            if name is not None:
                return await self._repository(name, watch)
            return await self._page(url, watch)
        except AddressRefused:
            return SeenLink(Look.DENIED, reason="it is not on the open web")
        except (Unreached, ValueError) as error:
            return SeenLink(Look.FAILED, reason=str(error))

    async def _file(self, blob: Blob, watch: Watch) -> SeenLink:
        """Ask GitHub for a file's latest commits, and for the file as the last one left it."""
        about = f"path={quote(blob.path, safe='')}&sha={quote(blob.ref, safe='')}"
        seen = await self._repository(blob.repository, watch, about)
        known = seen.fingerprint not in (None, rules.EMPTY)
        if not known or (seen.look is Look.SAME and watch.fingerprint is not None):
            return seen
        answer = await self._github(
            f"/repos/{blob.repository}/contents/{quote(blob.path)}?ref={seen.fingerprint}",
            {"Accept": "application/vnd.github.raw+json"},
        )
        body = answer.body if answer.status == 200 else None
        return replace(seen, body=body, revision=seen.fingerprint)

    async def _github(self, path: str, headers: Mapping[str, str]) -> PageAnswer:
        """Ask GitHub's API, as the operator's account where there is a token."""
        settings = self._bot.settings
        token = settings.github_token
        return await self._bot.outside.get(
            f"{settings.github_url}{path}",
            {"X-GitHub-Api-Version": "2022-11-28", **headers},
            secret={"Authorization": f"Bearer {token}"} if token else None,
        )

    async def _repository(self, name: str, watch: Watch, about: str = "") -> SeenLink:
        """Ask GitHub for the latest commits, in one request that costs nothing where none came."""
        answer = await self._github(
            f"/repos/{name}/commits?per_page={rules.COMMITS}" + (f"&{about}" if about else ""),
            {
                "Accept": "application/vnd.github+json",
                **({"If-None-Match": watch.etag} if watch.etag else {}),
            },
        )
        if answer.status == 304:
            return SeenLink(Look.SAME)
        # 409 is a repository without commits, which may get its first one tomorrow.
        if answer.status != 409:
            missing = rules.is_unreadable(answer.status, answer.headers, self._bot.clock.now())
            if missing is not None:
                return missing
        return rules.read_commits(watch.fingerprint, answer.status, answer.body, answer.headers)

    async def _page(self, url: str, watch: Watch) -> SeenLink:
        """Ask for a page if it changed; a page without validators is compared as a whole."""
        conditions: dict[str, str] = {}
        if watch.etag:
            conditions["If-None-Match"] = watch.etag
        if watch.modified:
            conditions["If-Modified-Since"] = watch.modified
        answer = await self._bot.outside.get(url, conditions, wants=_fits)
        if answer.status == 304:
            return SeenLink(Look.SAME)
        missing = rules.is_unreadable(answer.status, answer.headers, self._bot.clock.now())
        if missing is not None:
            return missing
        seen = rules.compared(watch.fingerprint, _fingerprint(answer), answer.headers)
        if seen.look is Look.CHANGED or watch.fingerprint is None:
            # Asked twice at once: a page with a visitor counter or a token in it differs each time,
            # and would be news three times a day.
            again = await self._bot.outside.get(url, wants=_fits)
            if again.status == 200 and _fingerprint(again) != seen.fingerprint:
                return SeenLink(Look.UNSTEADY)
            if is_results_file(urlsplit(url).path):
                return replace(seen, body=answer.body)
        return seen

    async def _tell(self, noted: Noted) -> None:
        """Tell the person who added a link, once, that it cannot be watched, and why."""
        link, project = noted.link, noted.project
        text = (
            f"I cannot watch **{short(link.label, 80)}** on the board of "
            f"**{short(project.title, 130)}** for changes: {noted.refused}. The link stays; only "
            "it does not count as a sign of life."
        )
        thread = [project.thread_id] if project.thread_id is not None else []
        key = f"board/link/{link.id}/refused"
        try:
            await tell_by_id(
                self._bot,
                key,
                link.guild_id,
                link.added_by,
                note_to(link.added_by, text),
                [*thread, project.channel_id],
                waits=False,
            )
        except (Undeliverable, NotFound) as error:
            log.info("nobody could be told of a link", link=link.id, reason=error.sentence)


def _fits(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a page is worth reading: there is one, and it is not known to be too long."""
    length = headers.get("Content-Length", "")
    return status == 200 and not (length.isdecimal() and int(length) > MAX_BODY)


def _fingerprint(answer: PageAnswer) -> str:
    """Return a page's fingerprint; for one that is too long, what its server says."""
    if _fits(answer.status, answer.headers):
        return rules.hashed(answer.body)
    said = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
    if said is None:
        raise ValueError("it is too long to be compared")
    return said[:200]
