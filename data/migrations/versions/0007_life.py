"""Watched links, silence, and work that is linked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

COLUMNS = (
    ("projects", "wanted_roles", sa.Text()),
    ("projects", "silence_days", sa.Integer()),
    ("projects", "lived_at", BIG),
    ("projects", "dormant_at", BIG),
    ("project_members", "roles", sa.Text()),
    ("join_requests", "role", sa.Text()),
    ("tasks", "position", sa.Integer()),
    ("tasks", "dropped_at", BIG),
)


def upgrade() -> None:
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))

    op.create_table(
        "link_watches",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("modified", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("checked_at", BIG, nullable=True),
        sa.Column("changed_at", BIG, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("line_since", BIG, nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["project_links.id"],
            name=op.f("fk_link_watches_link_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_link_watches_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_link_watches")),
        sqlite_strict=True,
    )
    op.create_index("ix_link_watches_project_id", "link_watches", ["project_id"])

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
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
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

    op.create_table(
        "task_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("due_at", BIG, nullable=True),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("undone_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_changes_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_changes")),
        sqlite_strict=True,
    )
    op.create_index("ix_task_changes_task_id", "task_changes", ["task_id"])

    op.create_table(
        "commitment_tasks",
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", BIG, nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitments.id"],
            name=op.f("fk_commitment_tasks_commitment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_commitment_tasks_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_commitment_tasks")),
        sqlite_strict=True,
    )
    op.create_index("ix_commitment_tasks_task_id", "commitment_tasks", ["task_id"])


def downgrade() -> None:
    for name in (
        "commitment_tasks",
        "task_changes",
        "sleep_ballots",
        "sleep_votes",
        "link_watches",
    ):
        op.drop_table(name)
    for table, name, _ in reversed(COLUMNS):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(name)
