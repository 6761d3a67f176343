"""With which token an execution of a pipeline was retried last."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pipeline_executions", sa.Column("retry_token", sa.String(length=128), nullable=True))
