"""The first tables of the server."""

import sqlalchemy as sa
from alembic import op

from leeboard.state.columns import Document, Instant, Number

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarms")),
    )
    op.create_table(
        "alert_changes",
        sa.Column("id", Number, nullable=False),
        sa.Column("schedule_id", Number, nullable=False),
        sa.Column("schedule_key", sa.String(length=64), nullable=False),
        sa.Column("schedule_name", sa.String(length=64), nullable=False),
        sa.Column("alert_name", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_changes")),
    )
    op.create_index(
        op.f("ix_alert_changes_schedule_key_created_at"),
        "alert_changes",
        ["schedule_key", "created_at"],
        unique=False,
    )
    op.create_table(
        "alerts",
        sa.Column("schedule_id", Number, autoincrement=False, nullable=False),
        sa.Column("schedule_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("datapoints_to_alert", sa.Integer(), nullable=False),
        sa.Column("evaluation_period", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("schedule_id", name=op.f("pk_alerts")),
    )
    op.create_table(
        "executions",
        sa.Column("id", Number, nullable=False),
        sa.Column("schedule_id", Number, nullable=False),
        sa.Column("schedule_key", sa.String(length=64), nullable=False),
        sa.Column("schedule_name", sa.String(length=64), nullable=False),
        sa.Column("endpoint", sa.String(length=64), nullable=True),
        sa.Column("monitoring_type", sa.String(length=32), nullable=False),
        sa.Column("definition", sa.String(length=64), nullable=True),
        sa.Column("scheduled_at", Instant(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("window_start_at", Instant(), nullable=False),
        sa.Column("window_end_at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("job_name", sa.String(length=64), nullable=True),
        sa.Column("n_violations", sa.Integer(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executions")),
        sa.UniqueConstraint(
            "schedule_id", "scheduled_at", "run", name=op.f("uq_executions_schedule_id_scheduled_at_run")
        ),
        sqlite_autoincrement=True,
    )
    for first in ("created_at", "scheduled_at", "status"):
        op.create_index(op.f(f"ix_executions_{first}_id"), "executions", [first, "id"], unique=False)
    op.create_index(
        op.f("ix_executions_endpoint_scheduled_at"), "executions", ["endpoint", "scheduled_at"], unique=False
    )
    op.create_index(
        op.f("ix_executions_schedule_id_status"), "executions", ["schedule_id", "status"], unique=False
    )
    op.create_index(
        op.f("ix_executions_schedule_key_scheduled_at"),
        "executions",
        ["schedule_key", "scheduled_at"],
        unique=False,
    )
    op.create_table(
        "log_events",
        sa.Column("id", Number, nullable=False),
        sa.Column("log_group", sa.String(length=512), nullable=False),
        sa.Column("stream", sa.String(length=512), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_log_events_log_group_stream_id"), "log_events", ["log_group", "stream", "id"], unique=False
    )
    op.create_index(op.f("ix_log_events_at"), "log_events", ["at"], unique=False)
    op.create_table(
        "log_streams",
        sa.Column("log_group", sa.String(length=512), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("log_group", "name", name=op.f("pk_log_streams")),
    )
    op.create_table(
        "metric_points",
        sa.Column("id", Number, nullable=False),
        sa.Column("series_id", Number, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sample_count", sa.Float(precision=53), nullable=False),
        sa.Column("sum", sa.Float(precision=53), nullable=False),
        sa.Column("minimum", sa.Float(precision=53), nullable=False),
        sa.Column("maximum", sa.Float(precision=53), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_points")),
    )
    op.create_index(op.f("ix_metric_points_at"), "metric_points", ["at"], unique=False)
    op.create_index(op.f("ix_metric_points_series_id_at"), "metric_points", ["series_id", "at"], unique=False)
    op.create_table(
        "metric_series",
        sa.Column("id", Number, nullable=False),
        sa.Column("namespace", sa.String(length=256), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("dimensions", sa.String(length=4096), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_series")),
        sa.UniqueConstraint("digest", name=op.f("uq_metric_series_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_metric_series_namespace_name_id"), "metric_series", ["namespace", "name", "id"], unique=False
    )
    op.create_table(
        "model_routes",
        sa.Column("id", Number, nullable=False),
        sa.Column("image", sa.String(length=512), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("command", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_routes")),
        sa.UniqueConstraint("image", name=op.f("uq_model_routes_image")),
    )
    op.create_table(
        "resources",
        sa.Column("id", Number, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=256), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("arn", sa.String(length=512), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("endpoint", sa.String(length=64), nullable=True),
        sa.Column("monitoring_type", sa.String(length=32), nullable=True),
        sa.Column("definition", sa.String(length=64), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("document", Document(), nullable=False),
        sa.Column("facts", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_resources_kind_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_resources_arn"), "resources", ["arn"], unique=False)
    op.create_index(op.f("ix_resources_kind_created_at"), "resources", ["kind", "created_at"], unique=False)
    op.create_index(op.f("ix_resources_kind_definition"), "resources", ["kind", "definition"], unique=False)
    op.create_index(op.f("ix_resources_kind_endpoint"), "resources", ["kind", "endpoint"], unique=False)
    op.create_index(
        op.f("ix_resources_kind_status_due_at"), "resources", ["kind", "status", "due_at"], unique=False
    )
    op.create_table(
        "tags",
        sa.Column("arn", sa.String(length=512), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("arn", "key", name=op.f("pk_tags")),
    )
    op.create_table(
        "work",
        sa.Column("id", Number, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=256), nullable=False),
        sa.Column("lane", sa.String(length=256), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("ready_at", Instant(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_work_kind_subject")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_work_state_ready_at"), "work", ["state", "ready_at"], unique=False)
    op.create_index(
        "uq_work_running_lane",
        "work",
        ["lane"],
        unique=True,
        sqlite_where=sa.text("state = 'Running'"),
        postgresql_where=sa.text("state = 'Running'"),
    )
