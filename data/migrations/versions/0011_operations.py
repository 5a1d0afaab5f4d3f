"""What organisers are told of, and servers that the bot was removed from."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "troubles",
        sa.Column("guild_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("told_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", "name", name=op.f("pk_troubles")),
        sqlite_strict=True,
    )
    _remember_every_server()


def downgrade() -> None:
    op.drop_table("troubles")


def _remember_every_server() -> None:
    """Give every server that has rows one of its own: those that left are known by it."""
    connection = op.get_bind()
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        if table in ("servers", "troubles"):
            continue
        if any(column["name"] == "guild_id" for column in inspector.get_columns(table)):
            known = sa.table("servers", sa.column("guild_id"), sa.column("joined_at"))
            rows = sa.table(table, sa.column("guild_id"))
            unknown = rows.c.guild_id.not_in(sa.select(known.c.guild_id))
            new = sa.select(rows.c.guild_id, sa.literal(0)).where(rows.c.guild_id != 0, unknown)
            connection.execute(
                sa.insert(known).from_select(["guild_id", "joined_at"], new.distinct())
            )
