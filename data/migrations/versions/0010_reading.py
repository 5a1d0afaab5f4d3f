"""Reading lists of their own, with units of several readings, exercises that are taken, drafts."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reading_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_reading_lists_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_lists")),
        sqlite_strict=True,
    )
    op.create_index("ix_reading_lists_guild_id", "reading_lists", ["guild_id"])
    op.create_index("ix_reading_lists_group_id", "reading_lists", ["group_id"])

    op.drop_index("ix_units_meeting_id", table_name="units")
    op.rename_table("units", "units_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE units_before RENAME CONSTRAINT pk_units TO pk_units_before")
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("prerequisites", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["reading_lists.id"], name=op.f("fk_units_list_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sqlite_strict=True,
    )
    op.create_index("uq_units_number", "units", ["list_id", "number"], unique=True)

    op.create_table(
        "unit_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_readings_unit_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["papers.id"], name=op.f("fk_unit_readings_paper_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_readings")),
        sqlite_strict=True,
    )
    op.create_index("uq_unit_readings_number", "unit_readings", ["unit_id", "number"], unique=True)
    op.create_index("ix_unit_readings_paper_id", "unit_readings", ["paper_id"])

    op.create_table(
        "exercises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_exercises_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercises")),
        sqlite_strict=True,
    )
    op.create_index("uq_exercises_number", "exercises", ["unit_id", "number"], unique=True)

    op.create_table(
        "list_series",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_list_series_series_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["reading_lists.id"],
            name=op.f("fk_list_series_list_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_list_series")),
        sqlite_strict=True,
    )
    op.create_index("ix_list_series_list_id", "list_series", ["list_id"])

    op.create_table(
        "unit_meetings",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_unit_meetings_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_meetings_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_unit_meetings")),
        sqlite_strict=True,
    )
    op.create_index("ix_unit_meetings_unit_id", "unit_meetings", ["unit_id"])

    op.create_table(
        "exercise_takings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("exercise_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("taken_by", BIG, nullable=False),
        sa.Column("taken_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["exercise_id"],
            ["exercises.id"],
            name=op.f("fk_exercise_takings_exercise_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_exercise_takings_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
            name=op.f("fk_exercise_takings_task_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitments.id"],
            name=op.f("fk_exercise_takings_commitment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_takings")),
        sqlite_strict=True,
    )
    for column in ("exercise_id", "project_id", "task_id", "commitment_id"):
        op.create_index(f"ix_exercise_takings_{column}", "exercise_takings", [column])

    op.create_table(
        "list_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("starts_at", BIG, nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_list_drafts_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_drafts")),
        sqlite_strict=True,
    )
    op.create_index("ix_list_drafts_group_id", "list_drafts", ["group_id"])

    op.create_table(
        "poll_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", BIG, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("closes_at", BIG, nullable=True),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_poll_drafts_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_drafts")),
        sqlite_strict=True,
    )
    op.create_index("ix_poll_drafts_group_id", "poll_drafts", ["group_id"])

    _keep_units(op.get_bind())
    op.drop_table("units_before")


def _keep_units(bind: sa.Connection) -> None:
    """Make a list of what each series had for units, one reading each."""
    series: dict[int, int] = {}
    old = bind.execute(
        sa.text(
            "SELECT u.series_id, u.number, u.title, u.paper_id, u.reading_minutes, u.level,"
            " u.exercises, u.meeting_id, s.guild_id, s.group_id, s.title AS series_title,"
            " s.created_by, s.created_at"
            " FROM units_before u JOIN series s ON s.id = u.series_id"
            " ORDER BY u.series_id, u.number"
        )
    ).all()
    for row in old:
        if row.series_id not in series:
            series[row.series_id] = bind.execute(
                sa.text(
                    "INSERT INTO reading_lists (guild_id, group_id, title, created_by, created_at)"
                    " VALUES (:guild_id, :group_id, :series_title, :created_by, :created_at)"
                    " RETURNING id"
                ),
                {name: row._mapping[name] for name in _OF_LIST},  # noqa: SLF001
            ).scalar_one()
            bind.execute(
                sa.text("INSERT INTO list_series (series_id, list_id) VALUES (:one, :other)"),
                {"one": row.series_id, "other": series[row.series_id]},
            )
        unit_id = bind.execute(
            sa.text(
                "INSERT INTO units (list_id, number, week, title)"
                " VALUES (:list_id, :number, :number, :title) RETURNING id"
            ),
            {"list_id": series[row.series_id], "number": row.number, "title": row.title},
        ).scalar_one()
        bind.execute(
            sa.text(
                "INSERT INTO unit_readings"
                " (guild_id, unit_id, number, title, paper_id, minutes, level)"
                " VALUES (:guild_id, :unit_id, 1, :title, :paper_id, :minutes, :level)"
            ),
            {
                "guild_id": row.guild_id,
                "unit_id": unit_id,
                "title": row.title,
                "paper_id": row.paper_id,
                "minutes": row.reading_minutes,
                "level": row.level,
            },
        )
        for number, text in enumerate(_texts(row.exercises), start=1):
            bind.execute(
                sa.text(
                    "INSERT INTO exercises (unit_id, number, text)"
                    " VALUES (:unit_id, :number, :text)"
                ),
                {"unit_id": unit_id, "number": number, "text": text},
            )
        if row.meeting_id is not None:
            bind.execute(
                sa.text(
                    "INSERT INTO unit_meetings (meeting_id, unit_id) VALUES (:meeting, :unit)"
                    " ON CONFLICT DO NOTHING"
                ),
                {"meeting": row.meeting_id, "unit": unit_id},
            )


_OF_LIST = ("guild_id", "group_id", "series_title", "created_by", "created_at")


def _texts(stored: str) -> list[str]:
    """Return the exercises that were kept as a JSON array; what is none is one exercise."""
    try:
        found = json.loads(stored)
    except ValueError:
        return [stored]
    return [str(one) for one in found] if isinstance(found, list) else [stored]


def downgrade() -> None:
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT f.series_id, u.id, u.number, u.title FROM units u"
            " JOIN list_series f ON f.list_id = u.list_id"
        )
    ).all()
    kept = [_unit_before(bind, row) for row in rows]
    for name in (
        "poll_drafts",
        "list_drafts",
        "exercise_takings",
        "unit_meetings",
        "list_series",
        "exercises",
        "unit_readings",
        "units",
        "reading_lists",
    ):
        op.drop_table(name)
    before = op.create_table(
        "units",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("reading_minutes", sa.Integer(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("exercises", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_units_meeting_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["papers.id"], name=op.f("fk_units_paper_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_units_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_id", "number", name=op.f("pk_units")),
        sqlite_strict=True,
    )
    op.create_index("ix_units_meeting_id", "units", ["meeting_id"])
    if kept:
        op.bulk_insert(before, kept)


def _unit_before(
    bind: sa.Connection, row: "sa.Row[tuple[int, int, int, str]]"
) -> dict[str, object]:
    """Return a unit as one row: its first reading, and the meeting of its series."""
    reading = bind.execute(
        sa.text(
            "SELECT paper_id, minutes, level FROM unit_readings WHERE unit_id = :unit"
            " ORDER BY number LIMIT 1"
        ),
        {"unit": row.id},
    ).first()
    todo = bind.execute(
        sa.text("SELECT text FROM exercises WHERE unit_id = :unit ORDER BY number"),
        {"unit": row.id},
    ).scalars()
    meeting = bind.execute(
        sa.text(
            "SELECT m.id FROM unit_meetings x JOIN meetings m ON m.id = x.meeting_id"
            " WHERE x.unit_id = :unit AND m.series_id = :series ORDER BY m.id LIMIT 1"
        ),
        {"unit": row.id, "series": row.series_id},
    ).scalar()
    return {
        "series_id": row.series_id,
        "number": row.number,
        "title": row.title,
        "paper_id": reading.paper_id if reading else None,
        "reading_minutes": reading.minutes if reading else None,
        "level": reading.level if reading else None,
        "exercises": json.dumps(list(todo), ensure_ascii=False),
        "meeting_id": meeting,
    }
