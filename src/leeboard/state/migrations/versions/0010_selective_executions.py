"""Executions of some steps of a pipeline alone; and with which attempt a step's retries were counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pipeline_executions", sa.Column("selective", sa.Text(), nullable=True))
    op.add_column("pipeline_steps", sa.Column("reused_from", sa.String(length=512), nullable=True))
    counted = sa.Column("first_attempt", sa.Integer(), nullable=False, server_default="1")
    op.add_column("pipeline_steps", counted)
