"""Projects, tasks and the ledger in the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.boards.claims import ClaimTerms
from data.boards.projects import Project
from data.boards.results import Findings
from data.server.groups import GroupId
from data.states import Criterion, Decision, Joining, ProjectState, TaskState
from data.store import Store
from data.transaction import Transaction
from tests.database import INTEGRITY

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
GUILD, OTHER = 1, 2
ALICE, BOB = 10, 11


async def project(
    tx: Transaction, title: str = "Grokking", group_id: GroupId | None = None
) -> Project:
    return await tx.projects.create(
        guild_id=GUILD, group_id=group_id, paper_id=None, cited="a paper", title=title,
        summary=None, skills=("PyTorch",), capacity=None, joining=Joining.OPEN, channel_id=5,
        created_by=ALICE, now=NOW,
    )  # fmt: skip


def terms(reported: str = "0.10") -> ClaimTerms:
    return ClaimTerms(
        statement="it holds", metric="loss", reported=reported, place=None, dataset=None,
        spread=None, spread_kind=None, runs=None, better=None, criterion=Criterion.EXACT,
        tolerance=None, weight="1", headline=False,
    )  # fmt: skip


def findings(value: str) -> Findings:
    return Findings(value, None, 1, None, None, None, None, None, None, None)


async def test_a_groups_open_projects_leave_out_what_is_over_or_archived(store: Store) -> None:
    async with store.transaction() as tx:
        group = await tx.groups.create(
            guild_id=GUILD, channel_id=5, name="G", focus="f", timezone=None, created_by=ALICE,
            now=NOW,
        )  # fmt: skip
        kept = await project(tx, "kept", group.id)
        done = await project(tx, "done", group.id)
        await tx.projects.edit(GUILD, done.id, state=ProjectState.DONE)
        archived = await project(tx, "archived", group.id)
        await tx.projects.edit(GUILD, archived.id, archived_at=NOW)
        await project(tx, "of no group")
    async with store.read() as tx:
        assert [one.id for one in await tx.projects.open_of_group(group.id)] == [kept.id]
        assert [one.title for one in await tx.projects.open_of_person(GUILD, ALICE)] == [
            "of no group",
            "kept",
        ]
        assert await tx.projects.open_of_person(OTHER, ALICE) == []
        assert await tx.projects.get(OTHER, kept.id) is None


async def test_a_persons_tasks_are_those_they_took_and_have_not_done_by_due_time(
    store: Store,
) -> None:
    async with store.transaction() as tx:
        one = await project(tx)
        made = {}
        for title, due in (("never", None), ("late", 9), ("soon", 1), ("done", 2), ("free", 1)):
            made[title] = await tx.tasks.add(
                guild_id=GUILD, project_id=one.id, title=title, notes=None,
                due_at=NOW + timedelta(days=due) if due else None,
                owners=[] if title == "free" else [ALICE, BOB], created_by=ALICE, now=NOW,
            )  # fmt: skip
        await tx.tasks.move(made["done"], TaskState.DONE, BOB, NOW)
    async with store.read() as tx:
        found = await tx.tasks.of_person(GUILD, ALICE)
        assert [task.title for task in found] == ["soon", "late", "never"]
        assert set(found[0].owners) == {ALICE, BOB}
        assert await tx.tasks.of_person(OTHER, ALICE) == []
        moves = await tx.tasks.moves(GUILD, made["done"].id)
        assert [(move.origin, move.target) for move in moves] == [
            (None, TaskState.TODO),
            (TaskState.TODO, TaskState.DONE),
        ]


async def test_somebody_who_comes_back_is_a_member_again(store: Store) -> None:
    async with store.transaction() as tx:
        one = await project(tx)
        assert await tx.projects.add_member(one.id, BOB, NOW)
        assert not await tx.projects.add_member(one.id, BOB, NOW)
        assert await tx.projects.remove_member(one.id, BOB, NOW)
        assert not await tx.projects.is_member(one.id, BOB)
        assert await tx.projects.add_member(one.id, BOB, NOW)
        assert await tx.projects.member_count(one.id) == 2


async def test_claims_are_counted_in_their_project_and_keep_every_version(store: Store) -> None:
    async with store.transaction() as tx:
        first, second = await project(tx), await project(tx, "Second")
        for owner in (first, first, second):
            await tx.claims.add(
                guild_id=GUILD, project_id=owner.id, terms=terms(), created_by=ALICE, now=NOW
            )
        claim = (await tx.claims.of_project(GUILD, first.id))[1]
        assert claim.name == "C2"
        same = await tx.claims.change(claim, terms("0.20"), BOB, NOW, versioned=False)
        assert (same.version, same.terms.reported) == (1, "0.20")
        renewed = await tx.claims.change(same, terms("0.30"), BOB, NOW, versioned=True)
        assert [one.terms.reported for one in await tx.claims.versions(renewed)] == ["0.20", "0.30"]
        assert [one.name for one in await tx.claims.of_project(GUILD, second.id)] == ["C1"]
        assert await tx.claims.get(OTHER, claim.id) is None


async def test_a_result_knows_what_replaced_it_and_what_was_said_of_it(store: Store) -> None:
    async with store.transaction() as tx:
        one = await project(tx)
        claim = await tx.claims.add(
            guild_id=GUILD, project_id=one.id, terms=terms(), created_by=ALICE, now=NOW
        )
        wrong = await tx.results.add(claim, findings("1"), replaces=None, runner_id=BOB, now=NOW)
        right = await tx.results.add(
            claim, findings("0.10"), replaces=wrong.id, runner_id=BOB, now=NOW
        )
        right = await tx.results.review(right, ALICE, Decision.DISPUTE, "hm", NOW)
        assert right.is_disputed
        assert right.counts
        right = await tx.results.review(right, ALICE, Decision.REJECT, "no", NOW)
        assert not right.is_disputed
        assert not right.counts
        right = await tx.results.review(right, ALICE, Decision.UPHOLD, "yes", NOW)
        found = await tx.results.of_claim(claim)
        assert [result.replaced for result in found] == [True, False]
        assert [result.counts for result in found] == [False, True]
        assert found[1].findings.value == "0.10"
        assert found[1].is_confirmed
        assert await tx.results.get(OTHER, right.id) is None


async def test_a_thread_holds_one_board(store: Store) -> None:
    async with store.transaction() as tx:
        first, second = await project(tx), await project(tx, "Second")
        await tx.projects.edit(GUILD, first.id, thread_id=77)
    with pytest.raises(INTEGRITY):
        async with store.transaction() as tx:
            await tx.projects.edit(GUILD, second.id, thread_id=77)


async def test_a_project_that_is_taken_back_takes_everything_with_it(store: Store) -> None:
    async with store.transaction() as tx:
        one = await project(tx)
        await tx.tasks.add(
            guild_id=GUILD, project_id=one.id, title="t", notes=None, due_at=None,
            owners=[ALICE], created_by=ALICE, now=NOW,
        )  # fmt: skip
        await tx.projects.remove(GUILD, one.id)
        assert await tx.tasks.of_person(GUILD, ALICE) == []
        assert await tx.projects.of_server(GUILD) == []
