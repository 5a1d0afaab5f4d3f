"""What a report is made of, on the real store."""

from decimal import Decimal

from bot.base.clock import SteppedClock
from cogs.boards.ledger.service import LedgerService
from cogs.boards.projects.service import ProjectService
from cogs.boards.reports.service import UNNAMED, ReportService
from cogs.boards.results.rules import TypedFindings
from data.states import Topic
from data.store import Store
from tests.cogs.club import ALICE, BOB, Club, at


async def test_a_report_adds_up_what_everybody_logged(store: Store, clock: SteppedClock) -> None:
    club = await Club(store, clock).open()
    claim = await club.claim()
    ledger = LedgerService(store, clock)
    for user_id, hours, hardware in ((ALICE, "1.5", "1 × A100"), (BOB, "2", None)):
        found = TypedFindings(value="98.9%", hours=hours, hardware=hardware, cost="3 USD")
        await ledger.log(at(user_id), claim.id, found)
    projects = ProjectService(store, clock)
    await projects.update(at(BOB), club.project.id, "Two seeds have run")
    await projects.update(at(ALICE), club.project.id, "Ours has no warm-up", Topic.METHOD)
    report = await ReportService(store, clock).contents(club.project.id)
    assert report.hours() == Decimal("3.5")
    assert dict(report.compute()) == {"1 × A100": Decimal("1.5"), UNNAMED: Decimal(2)}
    assert report.costs() == [("USD", Decimal(6))]
    assert report.people() == [ALICE, BOB]
    assert [line.text for line in report.log] == ["Two seeds have run", "Ours has no warm-up"]
    assert [line.user_id for line in report.about(Topic.METHOD)] == [ALICE]
