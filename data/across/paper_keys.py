"""Papers under another identifier: what a later version of the bot takes for the same paper."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, union, update

from data.boards.schema import projects
from data.papers.papers import Paper
from data.papers.schema import papers
from data.reading.schema import meetings, nominations, unit_readings
from data.repository import Repository


class PaperKeys(Repository):
    """The identifiers of papers, and everything that points to one."""

    async def of_sources(self, *sources: str) -> list[Paper]:
        """Return the papers whose identifier is of one of these sources, such as ``url``."""
        begins = [papers.c.key.like(f"{source}:%") for source in sources]
        return await self._all(Paper, select(papers).where(or_(*begins)).order_by(papers.c.id))

    async def servers_with(self, paper_id: int) -> list[int]:
        """Return the servers in which something is about a paper."""
        named = [
            select(table.c.guild_id).where(table.c.paper_id == paper_id)
            for table in (projects, meetings, unit_readings, nominations)
        ]
        return await self._values(union(*named))

    async def change(self, paper: Paper, key: str) -> None:
        """Give a paper another identifier; where one has it already, the two become one.

        What points to ``paper`` then points to the other. A group that has nominated both keeps
        both nominations, and with them the old row.
        """
        other = await self._value(lambda: select(papers.c.id).where(papers.c.key == key))
        if other is None:
            await self._run(update(papers).where(papers.c.id == paper.id).values(key=key))
            return
        for table in (projects, meetings, unit_readings):
            await self._run(
                update(table).where(table.c.paper_id == paper.id).values(paper_id=other)
            )
        both = select(nominations.c.group_id).where(nominations.c.paper_id == other)
        await self._run(
            update(nominations)
            .where(nominations.c.paper_id == paper.id, nominations.c.group_id.not_in(both))
            .values(paper_id=other)
        )
        left = select(nominations.c.paper_id).where(nominations.c.paper_id == paper.id)
        await self._run(delete(papers).where(papers.c.id == paper.id, papers.c.id.not_in(left)))
