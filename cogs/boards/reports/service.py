"""What is in a project's report."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from bot.base.clock import Clock
from cogs.boards.board.service import BoardService, BoardView
from cogs.boards.printed import numbers
from cogs.boards.reports import rules
from data.boards.log import Update
from data.boards.tasks import Task
from data.states import TaskState, Topic
from data.store import Store
from data.transaction import Transaction

UNNAMED = "hardware not named"


class ReportContents(Struct, frozen=True):
    """A board with all of its tasks, and the whole of its log, the first line first."""

    view: BoardView
    tasks: Sequence[Task]
    log: Sequence[Update]

    def about(self, topic: Topic) -> list[Update]:
        """Return the lines about one thing."""
        return [line for line in self.log if line.topic is topic]

    def people(self) -> list[int]:
        """Return everybody who did something, the lead first."""
        view = self.view
        found = [view.project.lead_id] if view.project.lead_id is not None else []
        found += [member.user_id for member in view.members]
        for standing in view.standings:
            for result in standing.results:
                found.append(result.runner_id)
                found += [one.reviewer_id for one in result.reviews]
        found += [line.user_id for line in self.log]
        found += [user_id for task in self.tasks for user_id in task.owners]
        # A dict keeps the order in which people come up first, which a set does not.
        return list(dict.fromkeys(found))

    def hours(self) -> Decimal:
        """Return how many hours of computing were logged, those of replaced results included."""
        logged = (
            Decimal(result.findings.hours)
            for standing in self.view.standings
            for result in standing.results
            if result.findings.hours is not None
        )
        return sum(logged, Decimal(0))

    def costs(self) -> list[tuple[str, Decimal]]:
        """Return what was spent, by currency, that of replaced results included."""
        spent: dict[str, Decimal] = {}
        for standing in self.view.standings:
            for result in standing.results:
                if result.findings.cost is not None:
                    amount, currency = numbers.parse_cost(result.findings.cost)
                    spent[currency] = spent.get(currency, Decimal(0)) + amount
        return sorted(spent.items())

    def compute(self) -> list[tuple[str, Decimal]]:
        """Return how many hours ran on which hardware; all of them add up to ``hours``.

        Hours that do not say on what are named so; hardware without hours has zero.
        """
        used: dict[str, Decimal] = {}
        for standing in self.view.standings:
            for result in standing.results:
                findings = result.findings
                if findings.hardware is not None or findings.hours is not None:
                    name = findings.hardware or UNNAMED
                    used[name] = used.get(name, Decimal(0)) + Decimal(findings.hours or 0)
        return list(used.items())

    def tasks_done(self, user_id: int) -> int:
        """Return how many tasks somebody had that are done (used by the report's template)."""
        return sum(task.state is TaskState.DONE and user_id in task.owners for task in self.tasks)


class ReportService:
    """Gathers what a report says."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.boards = BoardService(store, clock)

    async def contents(self, project_id: int) -> ReportContents:
        """Return everything that a report says; raises NotFound."""
        view = await self.boards.view(project_id)
        project = view.project

        async def whole(tx: Transaction) -> tuple[list[Task], list[Update]]:
            return (
                await tx.tasks.of_project(project.guild_id, project.id),
                await tx.project_log.of_project(project.guild_id, project.id, limit=rules.LINES),
            )

        tasks, log = await self.store.fetch(whole)
        # The newest are read, so that a long log loses its oldest lines, and told in the order in
        # which they were written.
        return ReportContents(view, tasks, log[::-1])
