"""What the use cases of the ledger, of results and of reviews share inside a transaction."""

from __future__ import annotations

from bot.base.errors import NotFound
from cogs.boards.ledger import standings
from cogs.boards.ledger.standings import ClaimStanding
from data.boards.claims import Claim
from data.boards.results import Result
from data.transaction import Transaction


async def claim_of(tx: Transaction, guild_id: int, claim_id: int) -> Claim:
    """Return a claim; raises NotFound for one that was deleted."""
    claim = await tx.claims.get(guild_id, claim_id)
    if claim is None:
        raise NotFound("That claim does not exist any more.")
    return claim


async def result_of(tx: Transaction, guild_id: int, result_id: int) -> Result:
    """Return a result; raises NotFound for one that was deleted."""
    result = await tx.results.get(guild_id, result_id)
    if result is None:
        raise NotFound("That result does not exist any more.")
    return result


async def standing_of(tx: Transaction, claim: Claim) -> ClaimStanding:
    """Return a claim with its verdict; a comparison is judged by the rows that it compares."""
    rows = [await tx.claims.get(claim.guild_id, one) for one in standings.row_ids(claim.terms)]
    return standings.standing(
        claim,
        await tx.results.of_claim(claim),
        (await tx.claims.versions(claim))[:-1] if claim.version > 1 else (),
        [await standing_of(tx, row) for row in rows if row is not None],
    )
