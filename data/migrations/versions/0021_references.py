"""Indexes on what refers to papers and meetings, without which deleting one reads whole tables."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_nominations_paper_id", "nominations", ["paper_id"])
    op.create_index("ix_polls_meeting_id", "polls", ["meeting_id"])


def downgrade() -> None:
    op.drop_index("ix_polls_meeting_id", table_name="polls")
    op.drop_index("ix_nominations_paper_id", table_name="nominations")
