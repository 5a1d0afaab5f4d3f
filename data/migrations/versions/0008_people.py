"""Levels that a server names, a pace of one's own, pods that re-form, and pair meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

COLUMNS = (
    ("servers", "levels", sa.Text()),
    ("members", "pace", sa.Integer()),
    ("members", "pace_from", sa.Integer()),
    ("round_members", "resting", sa.Integer()),
    ("introductions", "about", sa.Text()),
    ("pods", "reform_proposed_at", BIG),
)


def upgrade() -> None:
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))

    op.create_table(
        "coffee_schedules",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("next_at", BIG, nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["groups.id"],
            name=op.f("fk_coffee_schedules_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_coffee_schedules")),
        sqlite_strict=True,
    )

    op.create_table(
        "coffee_members",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("joined_at", BIG, nullable=False),
        sa.Column("left_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_coffee_members_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_coffee_members")),
        sqlite_strict=True,
    )

    op.create_table(
        "coffees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rest", sa.Integer(), nullable=False),
        sa.Column("paired_at", BIG, nullable=False),
        sa.Column("channel_id", BIG, nullable=True),
        sa.Column("message_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_coffees_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coffees")),
        sqlite_strict=True,
    )
    op.create_index("ix_coffees_group_id_number", "coffees", ["group_id", "number"])

    op.create_table(
        "coffee_people",
        sa.Column("coffee_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("happened", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["coffee_id"],
            ["coffees.id"],
            name=op.f("fk_coffee_people_coffee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("coffee_id", "user_id", name=op.f("pk_coffee_people")),
        sqlite_strict=True,
    )
    op.create_index("ix_coffee_people_user_id", "coffee_people", ["user_id"])


def downgrade() -> None:
    for name in ("coffee_people", "coffees", "coffee_members", "coffee_schedules"):
        op.drop_table(name)
    for table, name, _ in reversed(COLUMNS):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(name)
