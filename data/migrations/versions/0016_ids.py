"""An id is never given to another row, also after its own row has been deleted."""

import re

from alembic import op
from sqlalchemy import Connection

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OURS = 10**12
"""Ids below this are rows of ours; those of Discord are above 10**16."""

CARDS = {
    "group": "groups",
    "round": "rounds",
    "digest": "rounds",
    "checkin": "checkins",
    "meeting": "meetings",
    "desk": "meetings",
    "nomination": "nominations",
    "poll": "polls",
    "board": "projects",
    "pod": "pods",
    "programme": "programmes",
    "pod_line": "checkins",
    "coffee": "coffees",
    "claim": "claims",
    "result": "results",
}
"""Whose ids the cards of a kind have as their subject."""

DEADLINES = {
    "group.resume": "groups",
    "paper.look_up": "papers",
    "checkin": "rounds",
    "commitment": "commitments",
    "reading": "meetings",
    "reading.next": "series",
    "reading.poll": "polls",
    "reading.poll_draft": "poll_drafts",
    "reading.list_draft": "list_drafts",
    "reading.programme": "programmes",
    "boards": "projects",
    "boards.deadline": "project_deadlines",
    "boards.task": "tasks",
    "boards.reopened": "tasks",
    "boards.watch": "project_links",
    "introduction": "introductions",
    "pod": "pods",
    "pod.reform": "groups",
    "pod.programme": "programmes",
    "coffee": "coffees",
    "coffee.pair": "groups",
    "programme": "programmes",
    **{f"card.{kind}": table for kind, table in CARDS.items()},
}
"""Whose ids the deadlines of a kind have as their subject; the longest beginning counts."""

KEYS = {
    "commitment": "commitments",
    "task": "tasks",
    "checkin": "checkins",
    "board": "projects",
    "board/request": "join_requests",
    "board/link": "project_links",
    "reading/news": "meetings",
    **{f"card/{kind}": table for kind, table in CARDS.items()},
}
"""Whose ids come next in the keys of deliveries that begin so."""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return  # an identity of PostgreSQL gives no id twice
    named = _named(connection)
    numbered = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%PRIMARY KEY (id)%'"
    ).all()
    for name, made in numbered:
        _rebuild(connection, name, made)
        (highest,) = connection.exec_driver_sql(
            f'SELECT coalesce(max(id), 0) FROM "{name}"'  # noqa: S608
        ).one()
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        connection.exec_driver_sql(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
            (name, max(highest, named.get(name, 0))),
        )


def _rebuild(connection: Connection, name: str, made: str) -> None:
    """Make the table again with AUTOINCREMENT, which cannot be added, and copy its rows.

    Foreign keys are off meanwhile, so no row of another table goes with the old table.
    """
    numbered, ids = re.subn(
        r"\bid INTEGER NOT NULL", "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", made, count=1
    )
    numbered, keys = re.subn(
        rf',\s*CONSTRAINT "?pk_{name}"? PRIMARY KEY \(id\)', "", numbered, count=1
    )
    renamed, names = re.subn(
        rf'^CREATE TABLE "?{name}"?', f'CREATE TABLE "new_{name}"', numbered, count=1
    )
    if (ids, keys, names) != (1, 1, 1):
        raise RuntimeError(f"the table {name} is not what a migration made: {made}")
    indexes = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        (name,),
    ).all()
    connection.exec_driver_sql(renamed)
    connection.exec_driver_sql(f'INSERT INTO "new_{name}" SELECT * FROM "{name}"')  # noqa: S608
    connection.exec_driver_sql(f'DROP TABLE "{name}"')
    connection.exec_driver_sql(f'ALTER TABLE "new_{name}" RENAME TO "{name}"')
    for (index,) in indexes:
        connection.exec_driver_sql(index)


def _named(connection: Connection) -> dict[str, int]:
    """Return the highest id of each table that something still names, its row deleted or not."""
    found: dict[str, int] = {}

    def note(table: str | None, number: int) -> None:
        if table is not None and number < OURS:
            found[table] = max(found.get(table, 0), number)

    for source, tables in (("cards", CARDS), ("deadlines", DEADLINES)):
        for kind, highest in connection.exec_driver_sql(
            f"SELECT kind, max(subject_id) FROM {source} "  # noqa: S608
            f"WHERE subject_id < {OURS} GROUP BY kind"
        ):
            note(tables.get(kind) or tables.get(kind.split(".")[0]), highest)
    for (key,) in connection.exec_driver_sql("SELECT key FROM deliveries"):
        first, *rest = key.split("/")
        if rest and rest[0].isdigit():
            note(KEYS.get(first) or DEADLINES.get(first) or _beginning(first), int(rest[0]))
        elif len(rest) > 1 and rest[1].isdigit():
            note(KEYS.get(f"{first}/{rest[0]}"), int(rest[1]))
    return found


def _beginning(kind: str) -> str | None:
    return DEADLINES.get(kind.split(".")[0]) if "." in kind else None


def downgrade() -> None:
    """Leave the tables: an id that is given once is no harm to the version before."""
