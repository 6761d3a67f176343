"""The tables of alert rules, of what they found, and of the notices that go out."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from leeboard.state.columns import Document, Instant, Number
from leeboard.state.tables import metadata


def _entries(name: str) -> Table:
    """Entries by their names.

    `origin` says whether the server's file has one, or somebody made it by a call. What is in the file is
    written here when a server starts, so that there is one list; settings of its sinks stay out, as they may
    hold secrets.
    """
    return Table(
        name,
        metadata,
        Column("id", Number, primary_key=True),
        Column("name", String(64), nullable=False, unique=True),
        Column("origin", String(8), nullable=False),
        Column("document", Document, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("modified_at", Instant, nullable=False),
        sqlite_autoincrement=True,
    )


alert_rules, alert_sinks, alert_routes = map(_entries, ("alert_rules", "alert_sinks", "alert_routes"))

silences = Table(
    "silences",
    metadata,
    Column("id", Number, primary_key=True),
    Column("document", Document, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("created_by", String(256), nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "ends_at"),
    sqlite_autoincrement=True,
)

IS_IN_FORCE = text("state != 'resolved'")
incidents = Table(
    "incidents",
    metadata,
    Column("id", Number, primary_key=True),
    Column("rule", String(64), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("schedule_id", Number),
    Column("schedule_name", String(64)),
    Column("endpoint", String(64)),
    Column("monitoring_type", String(32)),
    Column("pipeline", String(256)),
    Column("job", String(64)),
    Column("state", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("document", Document, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("repeat_at", Instant),
    Index(None, "state", "opened_at"),
    Index(None, "opened_at", "id"),
    Index(None, "schedule_id", "state"),
    Index(None, "schedule_name", "opened_at"),
    Index(None, "endpoint", "opened_at"),
    Index(None, "pipeline", "opened_at"),
    Index(None, "job", "opened_at"),
    Index(None, "state", "repeat_at"),
    Index("uq_incidents_in_force", "rule", "subject", unique=True, sqlite_where=IS_IN_FORCE,
          postgresql_where=IS_IN_FORCE),
    sqlite_autoincrement=True,
)  # fmt: skip
"""What a rule found, from when it was found to when it was over; one in force for a rule and subject.

It is about a schedule, a pipeline, or the jobs of one name.
"""

notices = Table(
    "notices",
    metadata,
    Column("id", Number, primary_key=True),
    Column("event", String(128), nullable=False),
    Column("sink", String(64), nullable=False),
    Column("route", String(64), nullable=False),
    Column("message", String(128), nullable=False),
    Column("batch", Number),
    Column("incident_id", Number),
    Column("state", String(16), nullable=False),
    Column("n_attempts", Integer, nullable=False),
    Column("document", Document, nullable=False),
    Column("last_error", Text),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("delivered_at", Instant),
    UniqueConstraint("event", "sink"),
    Index(None, "incident_id"),
    Index(None, "created_at", "id"),
    Index(None, "message", "state"),
    Index(None, "state", "due_at"),
    Index(None, "sink", "state", "id"),
    sqlite_autoincrement=True,
)
"""What goes to a sink: once for an event. Notices of one `message` and `batch` go together."""
