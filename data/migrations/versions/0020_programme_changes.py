"""How often a programme has changed, which calendars ask for as its SEQUENCE."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "programmes", sa.Column("changes", sa.Integer(), nullable=False, server_default="0")
    )
    programmes = sa.table(
        "programmes", *(sa.column(name) for name in ("id", "skipped", "ended_at", "changes"))
    )
    database = op.get_bind()
    # Until now the number was counted from what had changed.
    for row in database.execute(sa.select(programmes)).all():
        changes = len(json.loads(row.skipped)) + (row.ended_at is not None)
        database.execute(
            sa.update(programmes).where(programmes.c.id == row.id).values(changes=changes)
        )


def downgrade() -> None:
    op.drop_column("programmes", "changes")
