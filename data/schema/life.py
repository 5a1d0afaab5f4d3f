"""Tables of a board's life: links that are watched, votes on letting it sleep, what was changed."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Text

from data.schema.types import BigInt, Choice, Flag, Instant, guild_id, own_id, references, table
from data.states import SleepOutcome, TaskChangeKind, WatchState

link_watches = table(
    "link_watches",
    references("project_links.id", "link_id", primary_key=True),
    guild_id(),
    references("projects.id", "project_id"),
    Column("state", Choice(WatchState), nullable=False),
    Column("etag", Text),
    Column("modified", Text),
    Column("fingerprint", Text),
    Column("checked_at", Instant),
    Column("changed_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("line_id", Integer),
    Column("line_since", Instant),
    Column("line_count", Integer),
)
Index("ix_link_watches_project_id", link_watches.c.project_id)

sleep_votes = table(
    "sleep_votes",
    own_id(),
    guild_id(),
    references("projects.id", "project_id"),
    Column("opened_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("outcome", Choice(SleepOutcome)),
    Column("decided_by", BigInt),
)
Index("ix_sleep_votes_project_id", sleep_votes.c.project_id)

sleep_ballots = table(
    "sleep_ballots",
    references("sleep_votes.id", "vote_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("sleep", Flag, nullable=False),
    Column("cast_at", Instant, nullable=False),
)

task_changes = table(
    "task_changes",
    own_id(),
    references("tasks.id", "task_id"),
    Column("user_id", BigInt, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("kind", Choice(TaskChangeKind), nullable=False),
    Column("title", Text),
    Column("notes", Text),
    Column("due_at", Instant),
    Column("owner_id", BigInt),
    Column("undone_at", Instant),
)
Index("ix_task_changes_task_id", task_changes.c.task_id)

commitment_tasks = table(
    "commitment_tasks",
    Column(
        "commitment_id",
        Integer,
        ForeignKey("commitments.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    references("tasks.id", "task_id"),
    Column("linked_at", Instant, nullable=False),
    Column("closed_at", Instant),
)
Index("ix_commitment_tasks_task_id", commitment_tasks.c.task_id)
