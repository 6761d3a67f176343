"""Executions of pipelines, and their steps."""

import sqlalchemy as sa
from alembic import op

from leeboard.state.columns import Document, Instant, Number

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pipeline_executions",
        sa.Column("id", Number, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("pipeline_id", Number, nullable=False),
        sa.Column("pipeline_name", sa.String(length=256), nullable=False),
        sa.Column("token", sa.String(length=128), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("display_name", sa.String(length=82), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=2048), nullable=False),
        sa.Column("most_parallel", sa.Integer(), nullable=True),
        sa.Column("parameters", Document(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_executions")),
        sa.UniqueConstraint("key", name=op.f("uq_pipeline_executions_key")),
        sa.UniqueConstraint("pipeline_id", "token", name=op.f("uq_pipeline_executions_pipeline_id_token")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_pipeline_executions_pipeline_id_created_at"),
        "pipeline_executions",
        ["pipeline_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "pipeline_steps",
        sa.Column("id", Number, nullable=False),
        sa.Column("execution_id", Number, nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("display_name", sa.String(length=256), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("asked", Document(), nullable=False),
        sa.Column("step_metadata", Document(), nullable=False),
        sa.Column("properties", Document(), nullable=False),
        sa.Column("cache_key", sa.String(length=64), nullable=True),
        sa.Column("cached_from", sa.String(length=512), nullable=True),
        sa.Column("begin_at", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_steps")),
        sa.UniqueConstraint("execution_id", "name", name=op.f("uq_pipeline_steps_execution_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_pipeline_steps_cache_key_ended_at"),
        "pipeline_steps",
        ["cache_key", "ended_at"],
        unique=False,
    )
