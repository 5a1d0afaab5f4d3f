"""What people say of themselves, introductions, and pods."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name, kind in (
        ("level", sa.Integer()),
        ("interests", sa.Text()),
        ("hours", sa.Integer()),
        ("free", sa.Text()),
        ("about", sa.Text()),
        ("open_to", sa.Text()),
        ("audience", sa.Text()),
        ("hidden", sa.Text()),
        ("portfolio_shared", sa.Integer()),
    ):
        op.add_column("profiles", sa.Column(name, kind, nullable=True))

    op.create_table(
        "introductions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel_id", BIG, nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("other_user_id", BIG, nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("answered_at", BIG, nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("thread_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
        sqlite_strict=True,
    )
    op.create_index("ix_introductions_asked_by", "introductions", ["guild_id", "asked_by"])
    op.create_index(
        "ix_introductions_other_user_id", "introductions", ["guild_id", "other_user_id"]
    )

    op.create_table(
        "pods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("formed_by", BIG, nullable=False),
        sa.Column("formed_at", BIG, nullable=False),
        sa.Column("opened_at", BIG, nullable=True),
        sa.Column("dissolved_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_pods_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pods")),
        sqlite_strict=True,
    )
    op.create_index("ix_pods_group_id", "pods", ["group_id"])

    op.create_table(
        "pod_members",
        sa.Column("pod_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("joined_at", BIG, nullable=False),
        sa.Column("left_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["pod_id"], ["pods.id"], name=op.f("fk_pod_members_pod_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pod_id", "user_id", name=op.f("pk_pod_members")),
        sqlite_strict=True,
    )
    op.create_index("ix_pod_members_user_id", "pod_members", ["user_id"])

    op.create_table(
        "pod_wishes",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("other_user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("together", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_pod_wishes_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "user_id", "other_user_id", name=op.f("pk_pod_wishes")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    for name in ("pod_wishes", "pod_members", "pods", "introductions"):
        op.drop_table(name)
    with op.batch_alter_table("profiles") as profiles:
        for name in (
            "portfolio_shared",
            "hidden",
            "audience",
            "open_to",
            "about",
            "free",
            "hours",
            "interests",
            "level",
        ):
            profiles.drop_column(name)
