"""Indexes of what the dashboard asks for."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_alert_changes_created_at", "alert_changes", ["created_at"])
