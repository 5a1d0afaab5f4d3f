"""What each card showed last, so that one that fell behind is found."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of cards that stand already nobody knows: they are left as they are until their next edit.
    op.add_column("cards", sa.Column("shown", sa.Text(), nullable=True, server_default=""))


def downgrade() -> None:
    op.drop_column("cards", "shown")
