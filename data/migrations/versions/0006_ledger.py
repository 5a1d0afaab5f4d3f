"""What claims and results also say, and who changed them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("claim_versions", sa.Column("unit", sa.Text(), nullable=True))
    op.add_column("claim_versions", sa.Column("split", sa.Text(), nullable=True))
    op.add_column(
        "claim_versions",
        sa.Column("category", sa.Text(), server_default="result", nullable=False),
    )
    for name in ("cost", "seeds", "command"):
        op.add_column("results", sa.Column(name, sa.Text(), nullable=True))

    op.create_table(
        "amendments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amended_by", BIG, nullable=False),
        sa.Column("amended_at", BIG, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_amendments_claim_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendments")),
        sqlite_strict=True,
    )
    op.create_index("ix_amendments_claim_id", "amendments", ["claim_id"])


def downgrade() -> None:
    op.drop_table("amendments")
    with op.batch_alter_table("results") as results:
        for name in ("command", "seeds", "cost"):
            results.drop_column(name)
    with op.batch_alter_table("claim_versions") as claim_versions:
        for name in ("category", "split", "unit"):
            claim_versions.drop_column(name)
