"""Alert rules, what they found, and notices."""

import sqlalchemy as sa
from alembic import op

from leeboard.state.columns import Document, Instant, Number

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rules")),
        sa.UniqueConstraint("name", name=op.f("uq_alert_rules_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert_sinks",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_sinks")),
        sa.UniqueConstraint("name", name=op.f("uq_alert_sinks_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert_routes",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_routes")),
        sa.UniqueConstraint("name", name=op.f("uq_alert_routes_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "silences",
        sa.Column("id", Number, nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=256), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_silences_ends_at"), "silences", ["ends_at"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("id", Number, nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("schedule_id", Number, nullable=False),
        sa.Column("schedule_name", sa.String(length=64), nullable=False),
        sa.Column("endpoint", sa.String(length=64), nullable=True),
        sa.Column("monitoring_type", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("repeat_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_incidents_endpoint_opened_at"), "incidents", ["endpoint", "opened_at"], unique=False
    )
    op.create_index(op.f("ix_incidents_opened_at_id"), "incidents", ["opened_at", "id"], unique=False)
    op.create_index(
        op.f("uq_incidents_in_force"),
        "incidents",
        ["rule", "subject"],
        unique=True,
        sqlite_where=sa.text("state != 'resolved'"),
        postgresql_where=sa.text("state != 'resolved'"),
    )
    op.create_index(
        op.f("ix_incidents_schedule_id_state"), "incidents", ["schedule_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_incidents_schedule_name_opened_at"),
        "incidents",
        ["schedule_name", "opened_at"],
        unique=False,
    )
    op.create_index(op.f("ix_incidents_state_opened_at"), "incidents", ["state", "opened_at"], unique=False)
    op.create_index(op.f("ix_incidents_state_repeat_at"), "incidents", ["state", "repeat_at"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", Number, nullable=False),
        sa.Column("event", sa.String(length=128), nullable=False),
        sa.Column("sink", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=128), nullable=False),
        sa.Column("batch", Number, nullable=True),
        sa.Column("incident_id", Number, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("n_attempts", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("event", "sink", name=op.f("uq_notices_event_sink")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notices_created_at_id"), "notices", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_notices_incident_id"), "notices", ["incident_id"], unique=False)
    op.create_index(op.f("ix_notices_message_state"), "notices", ["message", "state"], unique=False)
    op.create_index(op.f("ix_notices_state_due_at"), "notices", ["state", "due_at"], unique=False)
