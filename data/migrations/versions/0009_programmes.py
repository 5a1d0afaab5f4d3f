"""Programmes: cohorts that go through a reading list in stages, with gates."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("pod_size", sa.Integer(), nullable=True),
        sa.Column("self_opening", sa.Integer(), nullable=False),
        sa.Column("facilitator_id", BIG, nullable=True),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_programmes_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sqlite_strict=True,
    )
    op.create_index("ix_programmes_guild_id", "programmes", ["guild_id"])
    op.create_index("ix_programmes_group_id", "programmes", ["group_id"])

    op.create_table(
        "programme_units",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_units_programme_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_programme_units_meeting_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("programme_id", "number", name=op.f("pk_programme_units")),
        sqlite_strict=True,
    )
    op.create_index("ix_programme_units_meeting_id", "programme_units", ["meeting_id"])

    op.create_table(
        "programme_stages",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_stages_programme_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("programme_id", "number", name=op.f("pk_programme_stages")),
        sqlite_strict=True,
    )

    op.create_table(
        "programme_people",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("joined_at", BIG, nullable=False),
        sa.Column("left_at", BIG, nullable=True),
        sa.Column("from_unit", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_people_programme_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("programme_id", "user_id", name=op.f("pk_programme_people")),
        sqlite_strict=True,
    )
    op.create_index("ix_programme_people_user_id", "programme_people", ["user_id"])

    op.create_table(
        "programme_gates",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("stage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("opened_by", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_gates_programme_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "programme_id", "user_id", "stage", name=op.f("pk_programme_gates")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_programme_gates_user_id", "programme_gates", ["user_id"])

    op.create_table(
        "programme_hand_ins",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("stage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("handed_in_at", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_hand_ins_programme_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_programme_hand_ins_project_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint(
            "programme_id", "user_id", "stage", name=op.f("pk_programme_hand_ins")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_programme_hand_ins_user_id", "programme_hand_ins", ["user_id"])
    op.create_index("ix_programme_hand_ins_project_id", "programme_hand_ins", ["project_id"])


def downgrade() -> None:
    for name in (
        "programme_hand_ins",
        "programme_gates",
        "programme_people",
        "programme_stages",
        "programme_units",
        "programmes",
    ):
        op.drop_table(name)
