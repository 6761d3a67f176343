"""How often work was lost by a worker that died."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work", sa.Column("lost", sa.Integer(), nullable=False, server_default="0"))
