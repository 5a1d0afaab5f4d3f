"""The rows of the ledger: what was changed, by whom, and of which server it is."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from data.boards.claims import ClaimTerms
from data.boards.results import Findings
from data.states import Category, ClaimRole, Criterion, Joining, PrintedAs, Scale
from data.store import Store
from tests.rows import erase

GUILD, OTHER = 1, 2
ALICE, BOB = 100, 200
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)

TERMS = ClaimTerms(
    "It runs", "runs to its end", "yes", None, None, None, None, None, None, Criterion.OUTCOME,
    None, "1", False, category=Category.RUN, split="test",
)  # fmt: skip


async def test_what_is_changed_is_kept_beside_the_claim_with_who_did_it(store: Store) -> None:
    async with store.transaction() as tx:
        project = await tx.projects.create(
            guild_id=GUILD, group_id=None, paper_id=None, cited="A book", title="Grokking",
            summary=None, skills=(), capacity=None, joining=Joining.OPEN, channel_id=5,
            created_by=ALICE, now=NOW,
        )  # fmt: skip
        claim = await tx.claims.add(
            guild_id=GUILD, project_id=project.id, terms=TERMS, created_by=ALICE, now=NOW
        )
        result = await tx.results.add(
            claim, Findings("yes", None, 1, *[None] * 7, seeds="0"), replaces=None,
            runner_id=BOB, now=NOW,
        )  # fmt: skip
        await tx.claims.amend(claim, {"weight": ("1", "2")}, ALICE, NOW)
        await tx.claims.amend(claim, {"cost": (None, "3 USD")}, BOB, NOW, result_id=result.id)
        completed = await tx.results.complete(
            result, Findings("yes", None, 1, *[None] * 7, seeds="0", cost="3 USD")
        )
    assert (completed.findings.cost, completed.findings.seeds) == ("3 USD", "0")
    async with store.read() as tx:
        found = await tx.claims.get(GUILD, claim.id)
        assert found is not None
        assert found.terms == TERMS
        first, second = await tx.claims.amendments(found)
        assert (first.field, first.before, first.after, first.amended_by) == (
            "weight", "1", "2", ALICE,
        )  # fmt: skip
        assert second.result_id == result.id
        assert await tx.results.server_of(result.id) == GUILD
        assert await tx.claims.get(OTHER, claim.id) is None
    await erase(store, GUILD, BOB)
    async with store.read() as tx:
        changes = await tx.claims.amendments(found)
        assert [one.amended_by for one in changes] == [ALICE, 0]


async def test_a_superseded_version_keeps_its_terms_and_the_new_one_says_why(store: Store) -> None:
    async with store.transaction() as tx:
        project = await tx.projects.create(
            guild_id=GUILD, group_id=None, paper_id=None, cited="A book", title="Grokking",
            summary=None, skills=(), capacity=None, joining=Joining.OPEN, channel_id=5,
            created_by=ALICE, now=NOW,
        )  # fmt: skip
        claim = await tx.claims.add(
            guild_id=GUILD, project_id=project.id, terms=TERMS, created_by=ALICE, now=NOW
        )
        wider = replace(
            TERMS, printed_as=PrintedAs.BEST, role=ClaimRole.BASELINE, scale=Scale.LOG,
            gap="1.1", first_id=7, second_id=8, by="2.3",
        )  # fmt: skip
        changed = await tx.claims.change(
            claim, wider, BOB, NOW, versioned=True, reason="The table has an erratum"
        )
        assert (changed.version, changed.terms, changed.reason) == (
            2, wider, "The table has an erratum",
        )  # fmt: skip
    async with store.read() as tx:
        (old,) = await tx.claims.earlier(GUILD, project.id)
        assert (old.version, old.terms, old.fixed_by, old.reason) == (1, TERMS, ALICE, None)
        assert await tx.claims.earlier(OTHER, project.id) == []
