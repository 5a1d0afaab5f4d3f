"""The results files that watched links lead to."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "link_files",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("seen_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["project_links.id"],
            name=op.f("fk_link_files_link_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_link_files_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_link_files")),
        sqlite_strict=True,
    )
    op.create_index("ix_link_files_project_id", "link_files", ["project_id"])


def downgrade() -> None:
    op.drop_table("link_files")
