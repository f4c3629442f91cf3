"""The busiest of each slot of time. Retention fills it, from the events that are there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = {"slot": sa.Integer, "field": sa.Text, "key": sa.Text, "kind": sa.Integer}


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "ranks",
        *(
            sa.Column(name, kind(), primary_key=True, autoincrement=False)
            for name, kind in KEY.items()
        ),
        sa.Column("tally", NUMBER, nullable=False),
        sa.Column("parts", NUMBER, nullable=False),
        sa.Column("last", sa.Double(), nullable=False),
        sqlite_with_rowid=False,
    )
