"""The tables of alert rules, of what they found, and of the notices that go out."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from leeboard.state.columns import Document, Instant, Number
from leeboard.state.tables import metadata

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

alert_sinks = Table(
    "alert_sinks",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

alert_routes = Table(
    "alert_routes",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("modified_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

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

incidents = Table(
    "incidents",
    metadata,
    Column("id", Number, primary_key=True),
    Column("rule", String(64), nullable=False),
    Column("subject", String(256), nullable=False),
    Column("state", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("document", Document, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Index(None, "state", "opened_at"),
    Index(None, "rule", "subject", "state"),
    sqlite_autoincrement=True,
)
"""What a rule found, from when it was found to when it was over."""

notices = Table(
    "notices",
    metadata,
    Column("id", Number, primary_key=True),
    Column("event", String(128), nullable=False),
    Column("sink", String(64), nullable=False),
    Column("incident_id", Number),
    Column("state", String(16), nullable=False),
    Column("n_attempts", Integer, nullable=False),
    Column("document", Document, nullable=False),
    Column("last_error", Text),
    Column("created_at", Instant, nullable=False),
    Column("delivered_at", Instant),
    UniqueConstraint("event", "sink"),
    Index(None, "incident_id"),
    Index(None, "created_at"),
    sqlite_autoincrement=True,
)
"""What goes to a sink: once for an event."""
