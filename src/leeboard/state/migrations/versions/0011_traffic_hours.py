"""Invocations by the hour, and how latencies are distributed."""

import sqlalchemy as sa
from alembic import op

from leeboard.state.columns import Instant, Number

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("metric_points", sa.Column("sketch", sa.LargeBinary(), nullable=True))
    op.create_table(
        "traffic_hours",
        sa.Column("id", Number, nullable=False),
        sa.Column("endpoint", sa.String(length=256), nullable=False),
        sa.Column("variant", sa.String(length=256), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("n", Number, nullable=False),
        sa.Column("n_4xx", Number, nullable=False),
        sa.Column("n_5xx", Number, nullable=False),
        sa.Column("model", sa.LargeBinary(), nullable=False),
        sa.Column("overhead", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traffic_hours")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_traffic_hours_endpoint_at"), "traffic_hours", ["endpoint", "at"], unique=False)
    op.create_index(op.f("ix_traffic_hours_at"), "traffic_hours", ["at"], unique=False)
