"""Indexes for what would otherwise read whole tables once there are many servers."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_deadlines_upcoming", "deadlines", ("guild_id", "deliver_at"), "state = 'pending'"),
    (
        "ix_deadlines_to_hurry",
        "deadlines",
        ("error", "deliver_at"),
        "state = 'pending' AND error IS NOT NULL",
    ),
    ("ix_deadlines_failed", "deadlines", ("guild_id", "finished_at"), "state = 'failed'"),
    ("ix_deadlines_sending", "deadlines", ("guild_id",), "state = 'sending'"),
    ("ix_deadlines_held", "deadlines", ("guild_id",), "state = 'held'"),
    ("ix_deadlines_due_at", "deadlines", ("due_at",), None),
    ("ix_cards_guild_id_posted_at", "cards", ("guild_id", "posted_at"), None),
    ("ix_cards_posted_at", "cards", ("posted_at",), None),
    ("ix_deliveries_first_tried_at", "deliveries", ("first_tried_at",), None),
    ("ix_checkins_guild_id_user_id", "checkins", ("guild_id", "user_id"), None),
    ("ix_commitments_guild_id_user_id", "commitments", ("guild_id", "user_id"), None),
    ("ix_rounds_guild_id_open", "rounds", ("guild_id",), "closed_at IS NULL"),
    ("ix_programme_units_unit_id", "programme_units", ("unit_id",), None),
    ("ix_meetings_group_id_starts_at", "meetings", ("group_id", "starts_at"), None),
)


BY_SERVER = (
    "link_files",
    "amendments",
    "checkin_questions",
    "checkin_schedules",
    "claims",
    "coffee_schedules",
    "coffees",
    "deadlines",
    "exercise_takings",
    "feeds",
    "join_requests",
    "link_watches",
    "list_drafts",
    "nominations",
    "pods",
    "poll_drafts",
    "polls",
    "programme_hand_ins",
    "programme_units",
    "project_deadlines",
    "project_links",
    "project_updates",
    "results",
    "rounds",
    "series",
    "tasks",
    "unit_readings",
)
"""Tables that get an index by server."""


def upgrade() -> None:
    op.drop_index("ix_deadlines_stuck", table_name="deadlines")
    for name, table, columns, where in INDEXES:
        condition = None if where is None else sa.text(where)
        op.create_index(
            name, table, list(columns), sqlite_where=condition, postgresql_where=condition
        )
    for table in BY_SERVER:
        op.create_index(f"ix_{table}_guild_id", table, ["guild_id"])


def downgrade() -> None:
    for table in BY_SERVER:
        op.drop_index(f"ix_{table}_guild_id", table_name=table)
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
    stuck = sa.text("state IN ('sending', 'failed')")
    op.create_index(
        "ix_deadlines_stuck",
        "deadlines",
        ["guild_id", "state"],
        sqlite_where=stuck,
        postgresql_where=stuck,
    )
