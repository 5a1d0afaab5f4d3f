"""Votes on letting a silent project sleep are gone; a project that slept is paused."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# "paused" says the same of a project as sleeping did: it rests, and nobody is asked about it.
# Only projects that would otherwise be asked about are changed; a finished one stays finished.
PAUSE = """
UPDATE projects SET state = 'paused'
WHERE dormant_at IS NOT NULL AND state IN ('proposed', 'recruiting', 'active', 'writing')
"""


def upgrade() -> None:
    op.execute(PAUSE)
    op.execute("DELETE FROM cards WHERE kind = 'sleep'")
    op.execute("DELETE FROM deadlines WHERE kind IN ('boards.vote', 'card.sleep')")
    op.drop_column("projects", "dormant_at")
    op.drop_table("sleep_ballots")
    op.drop_table("sleep_votes")


def downgrade() -> None:
    op.create_table(
        "sleep_votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("closes_at", BIG, nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_sleep_votes_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sleep_votes")),
        sqlite_strict=True,
    )
    op.create_index("ix_sleep_votes_project_id", "sleep_votes", ["project_id"])
    op.create_table(
        "sleep_ballots",
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("sleep", sa.Integer(), nullable=False),
        sa.Column("cast_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["vote_id"],
            ["sleep_votes.id"],
            name=op.f("fk_sleep_ballots_vote_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("vote_id", "user_id", name=op.f("pk_sleep_ballots")),
        sqlite_strict=True,
    )
    op.add_column("projects", sa.Column("dormant_at", BIG, nullable=True))
