"""Tables of the ledger: what papers claim, what we found, and what others say of it."""

from sqlalchemy import Column, Index, Integer, Text

from data.schema.types import BigInt, Choice, Flag, Instant, guild_id, own_id, references, table
from data.states import Better, Category, Criterion, Decision, Origin, SpreadKind

claims = table(
    "claims",
    own_id(),
    guild_id(),
    references("projects.id", "project_id"),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
)
Index("uq_claims_number", claims.c.project_id, claims.c.number, unique=True)

claim_versions = table(
    "claim_versions",
    references("claims.id", "claim_id", primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("statement", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("reported", Text, nullable=False),
    Column("place", Text),
    Column("dataset", Text),
    Column("spread", Text),
    Column("spread_kind", Choice(SpreadKind)),
    Column("runs", Integer),
    Column("better", Choice(Better)),
    Column("criterion", Choice(Criterion), nullable=False),
    Column("tolerance", Text),
    Column("weight", Text, nullable=False),
    Column("headline", Flag, nullable=False),
    Column("fixed_by", BigInt, nullable=False),
    Column("fixed_at", Instant, nullable=False),
    Column("unit", Text),
    Column("split", Text),
    Column("category", Choice(Category), nullable=False, server_default=Category.RESULT.value),
)

amendments = table(
    "amendments",
    own_id(),
    guild_id(),
    references("claims.id", "claim_id"),
    Column("result_id", Integer),
    Column("version", Integer, nullable=False),
    Column("amended_by", BigInt, nullable=False),
    Column("amended_at", Instant, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
)
Index("ix_amendments_claim_id", amendments.c.claim_id)

results = table(
    "results",
    own_id(),
    guild_id(),
    references("claims.id", "claim_id"),
    Column("number", Integer, nullable=False),
    Column("claim_version", Integer, nullable=False),
    Column("value", Text, nullable=False),
    Column("spread", Text),
    Column("runs", Integer, nullable=False),
    Column("evidence", Text),
    Column("deviations", Text),
    Column("hours", Text),
    Column("notes", Text),
    Column("origin", Choice(Origin)),
    Column("revision", Text),
    Column("hardware", Text),
    Column("replaces", Integer),
    Column("runner_id", BigInt, nullable=False),
    Column("logged_at", Instant, nullable=False),
    Column("cost", Text),
    Column("seeds", Text),
    Column("command", Text),
)
Index("uq_results_number", results.c.claim_id, results.c.number, unique=True)

reviews = table(
    "reviews",
    own_id(),
    references("results.id", "result_id"),
    Column("reviewer_id", BigInt, nullable=False),
    Column("decision", Choice(Decision), nullable=False),
    Column("reason", Text, nullable=False),
    Column("reviewed_at", Instant, nullable=False),
)
Index("ix_reviews_result_id", reviews.c.result_id)
