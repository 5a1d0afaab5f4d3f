"""Whether somebody was only asked to do a task, and has not taken it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "task_owners", sa.Column("asked", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("task_owners", "asked")
