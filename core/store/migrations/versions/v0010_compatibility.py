"""Which is the oldest version of Mailward that can still use these tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    table = op.create_table("compatibility", sa.Column("oldest", sa.Text(), primary_key=True))
    op.bulk_insert(table, [{"oldest": revision}])
