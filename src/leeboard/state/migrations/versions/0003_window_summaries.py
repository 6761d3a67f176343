"""What a dashboard needs of each window."""

import sqlalchemy as sa
from alembic import op

from leeboard.state.columns import Instant, Number

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "window_summaries",
        sa.Column("execution_id", Number, autoincrement=False, nullable=False),
        sa.Column("schedule_id", Number, nullable=False),
        sa.Column("scheduled_at", Instant(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("execution_id", name=op.f("pk_window_summaries")),
    )
    op.create_index(
        op.f("ix_window_summaries_schedule_id_scheduled_at"),
        "window_summaries",
        ["schedule_id", "scheduled_at"],
        unique=False,
    )
