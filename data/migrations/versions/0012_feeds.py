"""Addresses of calendar feeds, and how often a series was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_feeds_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sqlite_strict=True,
    )
    op.create_index("uq_feeds_token", "feeds", ["token"], unique=True)
    op.create_index("ix_feeds_user_id", "feeds", ["user_id"])
    op.create_index("ix_feeds_group_id", "feeds", ["group_id"])
    op.add_column("series", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("series", sa.Column("changed_at", BIG, nullable=True))


def downgrade() -> None:
    op.drop_column("series", "changed_at")
    op.drop_column("series", "changes")
    op.drop_table("feeds")
