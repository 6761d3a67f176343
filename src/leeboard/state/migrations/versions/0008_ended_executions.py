"""How each schedule is now and the end of its last execution, from indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_executions_ended",
        "executions",
        ["schedule_id", "scheduled_at", "run", "ended_at"],
        sqlite_where=sa.text("ended_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.drop_index("ix_resources_kind_status_due_at", "resources")
    columns = ["kind", "status", "due_at", "modified_at"]
    op.create_index("ix_resources_kind_status_due_at_modified_at", "resources", columns)
