"""Which old logs were counted, so that none is counted twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "replays",
        sa.Column("fingerprint", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("dialect", "name")),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("since", "until", "at")),
        *(sa.Column(name, NUMBER, nullable=False) for name in ("octets", "lines")),
        sqlite_with_rowid=False,
    )
