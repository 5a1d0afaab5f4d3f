"""Which figure a paper prints, baselines, comparisons, and why terms were changed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEXTS = ("printed_as", "gap", "by", "reason")
NUMBERS = ("first_id", "second_id")
CHOSEN = {"role": "claim", "scale": "linear"}


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("claim_versions", sa.Column(name, sa.Text(), nullable=True))
    for name in NUMBERS:
        op.add_column("claim_versions", sa.Column(name, sa.Integer(), nullable=True))
    for name, present in CHOSEN.items():
        op.add_column(
            "claim_versions", sa.Column(name, sa.Text(), nullable=False, server_default=present)
        )
    op.add_column("results", sa.Column("spread_kind", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("results") as results:
        results.drop_column("spread_kind")
    with op.batch_alter_table("claim_versions") as claim_versions:
        for name in (*CHOSEN, *NUMBERS, *TEXTS):
            claim_versions.drop_column(name)
