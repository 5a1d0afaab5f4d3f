"""Series number their meetings, so that moving them keeps their count and what was left out."""

from __future__ import annotations

import calendar
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WEEKS = {"weekly": 1, "fortnightly": 2}

series = sa.table(
    "series",
    sa.column("id", sa.Integer()),
    sa.column("cadence", sa.Text()),
    sa.column("anchor", sa.Text()),
    sa.column("until", sa.Text()),
    sa.column("times", sa.Integer()),
)
meetings = sa.table(
    "meetings",
    sa.column("id", sa.Integer()),
    sa.column("series_id", sa.Integer()),
    sa.column("occurs_on", sa.Text()),
    sa.column("number", sa.Integer()),
)


def upgrade() -> None:
    op.add_column("series", sa.Column("times", sa.Integer(), nullable=True))
    op.add_column(
        "series", sa.Column("numbered_from", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("series", sa.Column("first_day", sa.Text(), nullable=True))
    op.add_column("series", sa.Column("voice_id", BIG, nullable=True))
    op.add_column("meetings", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("meetings", sa.Column("voice_id", BIG, nullable=True))
    op.add_column("meetings", sa.Column("leader_seen_at", BIG, nullable=True))
    op.add_column("rsvps", sa.Column("reminded_of", BIG, nullable=True))
    op.add_column("attendances", sa.Column("here_since", BIG, nullable=True))
    op.add_column("attendances", sa.Column("seconds", sa.Integer(), nullable=True))
    op.add_column(
        "groups", sa.Column("asks_unanswered", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column("profiles", sa.Column("voice_uncounted", sa.Integer(), nullable=True))
    _number()
    op.drop_index("uq_meetings_occurrence", table_name="meetings")
    op.create_index("uq_meetings_number", "meetings", ["series_id", "number"], unique=True)
    op.create_index("ix_meetings_voice_id", "meetings", ["voice_id"])


def _number() -> None:
    """Number each series' meetings by its rule; what an earlier rule made comes before 0."""
    connection = op.get_bind()
    for one in connection.execute(sa.select(series)).all():
        anchor = date.fromisoformat(one.anchor)
        rows = connection.execute(
            sa.select(meetings)
            .where(meetings.c.series_id == one.id, meetings.c.occurs_on.is_not(None))
            .order_by(meetings.c.occurs_on.desc())
        ).all()
        before = 0
        for row in rows:
            number = _index(one.cadence, anchor, date.fromisoformat(row.occurs_on))
            if number is None or number < 0:
                before -= 1
                number = before
            connection.execute(
                sa.update(meetings).where(meetings.c.id == row.id).values(number=number)
            )
        # A last day that the series is on was made of how often it takes place, or says the same.
        last = _index(one.cadence, anchor, date.fromisoformat(one.until)) if one.until else None
        if last is not None and last >= 0:
            connection.execute(
                sa.update(series).where(series.c.id == one.id).values(times=last + 1, until=None)
            )


def _index(cadence: str, anchor: date, day: date) -> int | None:
    weeks = WEEKS.get(cadence)
    if weeks is not None:
        index, left = divmod((day - anchor).days, 7 * weeks)
        return index if left == 0 else None
    nth = (anchor.day - 1) // 7
    first, length = calendar.monthrange(day.year, day.month)
    on = 1 + (anchor.weekday() - first) % 7 + 7 * nth
    if day.day != (on if on <= length else on - 7):
        return None
    return 12 * (day.year - anchor.year) + day.month - anchor.month


def downgrade() -> None:
    op.drop_index("ix_meetings_voice_id", table_name="meetings")
    op.drop_index("uq_meetings_number", table_name="meetings")
    op.create_index("uq_meetings_occurrence", "meetings", ["series_id", "occurs_on"], unique=True)
    op.drop_column("profiles", "voice_uncounted")
    op.drop_column("groups", "asks_unanswered")
    op.drop_column("attendances", "seconds")
    op.drop_column("attendances", "here_since")
    op.drop_column("rsvps", "reminded_of")
    for column in ("leader_seen_at", "voice_id", "number"):
        op.drop_column("meetings", column)
    for column in ("voice_id", "first_day", "numbered_from", "times"):
        op.drop_column("series", column)
