"""Tables of boards: projects, their people, tasks, dates, log, links, claims and results."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Text

from data.states import (
    Better,
    Category,
    ClaimRole,
    Criterion,
    Decision,
    Joining,
    Origin,
    PrintedAs,
    ProjectDeadlineState,
    ProjectRole,
    ProjectState,
    Scale,
    SpreadKind,
    TaskChangeKind,
    TaskState,
    Topic,
    WatchState,
)
from data.types import BigInt, Choice, Flag, Instant, Strings, guild_id, own_id, references, table

projects = table(
    "projects",
    own_id(),
    guild_id(),
    Column("group_id", Integer, ForeignKey("groups.id", ondelete="SET NULL")),
    Column("paper_id", Integer, ForeignKey("papers.id", ondelete="SET NULL")),
    Column("cited", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text),
    Column("skills", Strings, nullable=False),
    Column("capacity", Integer),
    Column("joining", Choice(Joining), nullable=False),
    Column("state", Choice(ProjectState), nullable=False),
    Column("lead_id", BigInt),
    Column("channel_id", BigInt, nullable=False),
    Column("thread_id", BigInt),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("archived_at", Instant),
    Column("wanted_roles", Strings),
    Column("silence_days", Integer),
    Column("lived_at", Instant),
)
Index("ix_projects_guild_id", projects.c.guild_id)
Index("ix_projects_group_id", projects.c.group_id)
Index("ix_projects_paper_id", projects.c.paper_id)
Index("ix_projects_channel_id", projects.c.channel_id)
# Unique: a command in a thread means one board.
Index("uq_projects_thread_id", projects.c.thread_id, unique=True)

project_members = table(
    "project_members",
    references("projects.id", "project_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("roles", Strings),
)
Index("ix_project_members_user_id", project_members.c.user_id)

join_requests = table(
    "join_requests",
    own_id(),
    guild_id(),
    references("projects.id", "project_id"),
    Column("user_id", BigInt, nullable=False),
    Column("note", Text),
    Column("asked_at", Instant, nullable=False),
    Column("accepted", Flag),
    Column("reason", Text),
    Column("decided_by", BigInt),
    Column("decided_at", Instant),
    Column("role", Choice(ProjectRole)),
)
Index("ix_join_requests_project_id_user_id", join_requests.c.project_id, join_requests.c.user_id)

tasks = table(
    "tasks",
    own_id(),
    guild_id(),
    references("projects.id", "project_id"),
    Column("title", Text, nullable=False),
    Column("notes", Text),
    Column("state", Choice(TaskState), nullable=False),
    Column("due_at", Instant),
    Column("obstacle", Text),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("moved_at", Instant, nullable=False),
    Column("position", Integer),
    Column("dropped_at", Instant),
)
Index("ix_tasks_project_id", tasks.c.project_id)

task_owners = table(
    "task_owners",
    references("tasks.id", "task_id", primary_key=True),
    Column("user_id", BigInt, primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
    Column("asked", Flag, nullable=False, server_default="0"),
)
Index("ix_task_owners_user_id", task_owners.c.user_id)

task_moves = table(
    "task_moves",
    own_id(),
    references("tasks.id", "task_id"),
    Column("user_id", BigInt, nullable=False),
    Column("moved_at", Instant, nullable=False),
    Column("origin", Choice(TaskState)),
    Column("target", Choice(TaskState), nullable=False),
    Column("note", Text),
)
Index("ix_task_moves_task_id", task_moves.c.task_id)

project_deadlines = table(
    "project_deadlines",
    own_id(),
    guild_id(),
    references("projects.id", "project_id"),
    Column("title", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", Choice(ProjectDeadlineState), nullable=False),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("closed_by", BigInt),
    Column("closed_at", Instant),
)
Index("ix_project_deadlines_project_id", project_deadlines.c.project_id)

project_updates = table(
    "project_updates",
    own_id(),
    guild_id(),
    references("projects.id", "project_id"),
    Column("user_id", BigInt, nullable=False),
    Column("topic", Choice(Topic), nullable=False),
    Column("text", Text, nullable=False),
    Column("posted_at", Instant, nullable=False),
)
Index("ix_project_updates_project_id", project_updates.c.project_id)

project_links = table(
    "project_links",
    own_id(),
    guild_id(),
    references("projects.id", "project_id"),
    Column("label", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("added_by", BigInt, nullable=False),
    Column("added_at", Instant, nullable=False),
)
Index("ix_project_links_project_id", project_links.c.project_id)

claims = table(
    "claims",
    own_id(),
    guild_id(),
    references("projects.id", "project_id"),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_by", BigInt, nullable=False),
    Column("created_at", Instant, nullable=False),
)
# People name claims by these, and so do reports: none is given twice.
Index("uq_claims_number", claims.c.project_id, claims.c.number, unique=True)

claim_versions = table(
    "claim_versions",
    references("claims.id", "claim_id", primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("statement", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("reported", Text, nullable=False),
    Column("place", Text),
    Column("dataset", Text),
    Column("spread", Text),
    Column("spread_kind", Choice(SpreadKind)),
    Column("runs", Integer),
    Column("better", Choice(Better)),
    Column("criterion", Choice(Criterion), nullable=False),
    # Numbers are texts here: “0.10” and “0.1” are two, and no database type keeps both.
    Column("tolerance", Text),
    Column("weight", Text, nullable=False),
    Column("headline", Flag, nullable=False),
    Column("fixed_by", BigInt, nullable=False),
    Column("fixed_at", Instant, nullable=False),
    Column("unit", Text),
    Column("split", Text),
    Column("category", Choice(Category), nullable=False, server_default=Category.RESULT.value),
    Column("printed_as", Choice(PrintedAs)),
    Column("role", Choice(ClaimRole), nullable=False, server_default=ClaimRole.CLAIM.value),
    Column("scale", Choice(Scale), nullable=False, server_default=Scale.LINEAR.value),
    Column("gap", Text),
    Column("first_id", Integer),
    Column("second_id", Integer),
    Column("by", Text),
    Column("reason", Text),
)

amendments = table(
    "amendments",
    own_id(),
    guild_id(),
    references("claims.id", "claim_id"),
    Column("result_id", Integer),
    Column("version", Integer, nullable=False),
    Column("amended_by", BigInt, nullable=False),
    Column("amended_at", Instant, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
)
Index("ix_amendments_claim_id", amendments.c.claim_id)

results = table(
    "results",
    own_id(),
    guild_id(),
    references("claims.id", "claim_id"),
    Column("number", Integer, nullable=False),
    Column("claim_version", Integer, nullable=False),
    Column("value", Text, nullable=False),
    Column("spread", Text),
    Column("runs", Integer, nullable=False),
    Column("evidence", Text),
    Column("deviations", Text),
    Column("hours", Text),
    Column("notes", Text),
    Column("origin", Choice(Origin)),
    Column("revision", Text),
    Column("hardware", Text),
    Column("replaces", Integer),
    Column("runner_id", BigInt, nullable=False),
    Column("logged_at", Instant, nullable=False),
    Column("cost", Text),
    Column("seeds", Text),
    Column("command", Text),
    Column("spread_kind", Choice(SpreadKind)),
)
Index("uq_results_number", results.c.claim_id, results.c.number, unique=True)

reviews = table(
    "reviews",
    own_id(),
    references("results.id", "result_id"),
    Column("reviewer_id", BigInt, nullable=False),
    Column("decision", Choice(Decision), nullable=False),
    Column("reason", Text, nullable=False),
    Column("reviewed_at", Instant, nullable=False),
)
Index("ix_reviews_result_id", reviews.c.result_id)

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

link_files = table(
    "link_files",
    references("project_links.id", "link_id", primary_key=True),
    guild_id(),
    references("projects.id", "project_id"),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("revision", Text),
    Column("seen_at", Instant, nullable=False),
)
Index("ix_link_files_project_id", link_files.c.project_id)

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
