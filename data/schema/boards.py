"""Tables of boards: projects and who is in them, their tasks, dates, log and links."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Text

from data.schema.types import (
    BigInt,
    Choice,
    Flag,
    Instant,
    Strings,
    guild_id,
    own_id,
    references,
    table,
)
from data.states import (
    Joining,
    ProjectDeadlineState,
    ProjectRole,
    ProjectState,
    TaskState,
    Topic,
)

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
    Column("dormant_at", Instant),
)
Index("ix_projects_guild_id", projects.c.guild_id)
Index("ix_projects_group_id", projects.c.group_id)
Index("ix_projects_paper_id", projects.c.paper_id)
Index("ix_projects_channel_id", projects.c.channel_id)
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
