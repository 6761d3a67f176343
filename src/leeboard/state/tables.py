"""The tables of the server.

A resource is kept as the request that made it (`document`), with columns for what is searched or
sorted, and `facts` for what happened to it since.
"""

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from leeboard.state.columns import Document, Instant, Number

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# sqlite_autoincrement: else the number of a removed row goes to the next one, and others know it by that

resources = Table(
    "resources",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("key", String(256), nullable=False),
    Column("name", String(256), nullable=False),
    Column("arn", String(512), nullable=False),
    Column("status", String(32), nullable=False),
    Column("endpoint", String(64)),
    Column("monitoring_type", String(32)),
    Column("definition", String(64)),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("due_at", Instant),
    Column("document", Document, nullable=False),
    Column("facts", Document, nullable=False),
    UniqueConstraint("kind", "key"),
    Index(None, "kind", "created_at"),
    Index(None, "kind", "endpoint"),
    Index(None, "kind", "status", "due_at", "modified_at"),
    Index(None, "arn"),
    Index(None, "kind", "definition"),
    sqlite_autoincrement=True,
)

tags = Table(
    "tags",
    metadata,
    Column("arn", String(512), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("value", String(256), nullable=False),
)

executions = Table(
    "executions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("schedule_id", Number, nullable=False),
    Column("schedule_key", String(64), nullable=False),
    Column("schedule_name", String(64), nullable=False),
    Column("endpoint", String(64)),
    Column("monitoring_type", String(32), nullable=False),
    Column("definition", String(64)),
    Column("scheduled_at", Instant, nullable=False),
    Column("run", Integer, nullable=False),
    Column("cause", String(16), nullable=False),
    Column("window_start_at", Instant, nullable=False),
    Column("window_end_at", Instant, nullable=False),
    Column("status", String(32), nullable=False),
    Column("failure_reason", Text),
    Column("job_name", String(64)),
    Column("n_violations", Integer),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
    UniqueConstraint("schedule_id", "scheduled_at", "run"),
    Index(None, "schedule_key", "scheduled_at"),
    Index(None, "endpoint", "scheduled_at"),
    Index(None, "created_at", "id"),
    Index(None, "scheduled_at", "id"),
    Index(None, "status", "id"),
    Index(None, "schedule_id", "status"),
    Index("ix_executions_ended", "schedule_id", "scheduled_at", "run", "ended_at",
          sqlite_where=text("ended_at IS NOT NULL"), postgresql_where=text("ended_at IS NOT NULL")),
    sqlite_autoincrement=True,
)  # fmt: skip

work = Table(
    "work",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", String(256), nullable=False),
    Column("lane", String(256), nullable=False),
    Column("state", String(8), nullable=False),
    Column("ready_at", Instant, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lost", Integer, nullable=False, server_default="0"),
    Column("fence", Integer, nullable=False),
    Column("owner", String(128)),
    Column("lease_until", Instant),
    UniqueConstraint("kind", "subject"),
    Index(None, "state", "ready_at"),
    Index("uq_work_running_lane", "lane", unique=True, sqlite_where=text("state = 'Running'"),
          postgresql_where=text("state = 'Running'")),
    sqlite_autoincrement=True,
)  # fmt: skip

alerts = Table(
    "alerts",
    metadata,
    Column("schedule_id", Number, primary_key=True, autoincrement=False),
    Column("schedule_key", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("status", String(8), nullable=False),
    Column("datapoints_to_alert", Integer, nullable=False),
    Column("evaluation_period", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
)

alert_changes = Table(
    "alert_changes",
    metadata,
    Column("id", Number, primary_key=True),
    Column("schedule_id", Number, nullable=False),
    Column("schedule_key", String(64), nullable=False),
    Column("schedule_name", String(64), nullable=False),
    Column("alert_name", String(64), nullable=False),
    Column("status", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "schedule_key", "created_at"),
    Index(None, "created_at"),
)

log_streams = Table(
    "log_streams",
    metadata,
    Column("log_group", String(512), primary_key=True),
    Column("name", String(512), primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)

log_events = Table(
    "log_events",
    metadata,
    Column("id", Number, primary_key=True),
    Column("log_group", String(512), nullable=False),
    Column("stream", String(512), nullable=False),
    Column("at", Instant, nullable=False),
    Column("message", Text, nullable=False),
    Index(None, "log_group", "stream", "id"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

metric_series = Table(
    "metric_series",
    metadata,
    Column("id", Number, primary_key=True),
    Column("namespace", String(256), nullable=False),
    Column("name", String(256), nullable=False),
    Column("dimensions", String(4096), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("last_at", Instant, nullable=False),
    Index(None, "namespace", "name", "id"),
    sqlite_autoincrement=True,
)
"""What points have in common. The digest is of the three texts: an index could not hold them all."""

metric_points = Table(
    "metric_points",
    metadata,
    Column("id", Number, primary_key=True),
    Column("series_id", Number, nullable=False),
    Column("at", Instant, nullable=False),
    Column("sample_count", Float(53), nullable=False),
    Column("sum", Float(53), nullable=False),
    Column("minimum", Float(53), nullable=False),
    Column("maximum", Float(53), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("sketch", LargeBinary),
    Index(None, "series_id", "at"),
    Index(None, "at"),
)
"""Only latencies of invocations have a sketch; others have percentiles where each point is of one value."""

traffic_hours = Table(
    "traffic_hours",
    metadata,
    Column("id", Number, primary_key=True),
    Column("endpoint", String(256), nullable=False),
    Column("variant", String(256), nullable=False),
    Column("at", Instant, nullable=False),
    Column("n", Number, nullable=False),
    Column("n_4xx", Number, nullable=False),
    Column("n_5xx", Number, nullable=False),
    Column("model", LargeBinary, nullable=False),
    Column("overhead", LargeBinary, nullable=False),
    Index(None, "endpoint", "at"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)
"""What one server counted of a variant in an hour; `model` and `overhead` are times with their sketch."""

alarms = Table(
    "alarms",
    metadata,
    Column("name", String(256), primary_key=True),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
)

pipeline_executions = Table(
    "pipeline_executions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("pipeline_id", Number, nullable=False),
    Column("pipeline_name", String(256), nullable=False),
    Column("token", String(128), nullable=False),
    Column("status", String(32), nullable=False),
    Column("failure_reason", Text),
    Column("display_name", String(82)),
    Column("description", Text),
    Column("role", String(2048), nullable=False),
    Column("most_parallel", Integer),
    Column("parameters", Document, nullable=False),
    Column("definition", Text, nullable=False),
    Column("selective", Document),
    Column("retry_token", String(128)),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
    Column("ended_at", Instant),
    UniqueConstraint("pipeline_id", "token"),
    Index(None, "pipeline_id", "created_at"),
    Index(None, "pipeline_id", "ended_at"),
    sqlite_autoincrement=True,
)
"""What was asked for when it started counts to its end: the definition and the parameters are its own."""

pipeline_steps = Table(
    "pipeline_steps",
    metadata,
    Column("id", Number, primary_key=True),
    Column("execution_id", Number, nullable=False),
    Column("name", String(256), nullable=False),
    Column("type", String(64), nullable=False),
    Column("status", String(32), nullable=False),
    Column("display_name", String(256)),
    Column("description", Text),
    Column("attempt", Integer, nullable=False),
    Column("first_attempt", Integer, nullable=False, server_default="1"),
    Column("failure_reason", Text),
    Column("asked", Document, nullable=False),
    Column("step_metadata", Document, nullable=False),
    Column("properties", Document, nullable=False),
    Column("cache_key", String(64)),
    Column("cached_from", String(512)),
    Column("reused_from", String(512)),
    Column("begin_at", Instant, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("modified_at", Instant, nullable=False),
    UniqueConstraint("execution_id", "name"),
    Index(None, "cache_key", "ended_at"),
    sqlite_autoincrement=True,
)
"""Steps that were begun. `asked` are the fields and arguments with their references resolved."""

model_routes = Table(
    "model_routes",
    metadata,
    Column("id", Number, primary_key=True),
    Column("image", String(512), nullable=False, unique=True),
    Column("url", Text),
    Column("command", Text),
)

window_summaries = Table(
    "window_summaries",
    metadata,
    Column("execution_id", Number, primary_key=True, autoincrement=False),
    Column("schedule_id", Number, nullable=False),
    Column("scheduled_at", Instant, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index(None, "schedule_id", "scheduled_at"),
)
"""`summary.json` of the windows that have one, compressed."""
