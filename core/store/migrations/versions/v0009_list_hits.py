"""What each list of attackers would have refused, by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "list_hits",
        sa.Column("day", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("list", sa.Text(), primary_key=True),
        sa.Column("passed", NUMBER, nullable=False),
        sa.Column("failed", NUMBER, nullable=False),
        sqlite_with_rowid=False,
    )
