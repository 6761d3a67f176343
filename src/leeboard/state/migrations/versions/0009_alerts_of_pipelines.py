"""Alerts are also about pipelines and jobs; indexes for what alerting asks."""

import sqlalchemy as sa
from alembic import op

from leeboard.state.columns import Number

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("incidents", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("schedule_id", existing_type=Number, nullable=True)
        table.alter_column("schedule_name", existing_type=sa.String(length=64), nullable=True)
        table.add_column(sa.Column("pipeline", sa.String(length=256), nullable=True))
        table.add_column(sa.Column("job", sa.String(length=64), nullable=True))
    op.create_index("ix_incidents_pipeline_opened_at", "incidents", ["pipeline", "opened_at"])
    op.create_index("ix_incidents_job_opened_at", "incidents", ["job", "opened_at"])
    op.create_index("ix_notices_sink_state_id", "notices", ["sink", "state", "id"])
    op.create_index(
        "ix_pipeline_executions_pipeline_id_ended_at", "pipeline_executions", ["pipeline_id", "ended_at"]
    )
