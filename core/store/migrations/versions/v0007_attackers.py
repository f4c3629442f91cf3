"""Who attacked this server, and who is at home where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "attackers",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("released_at", sa.Double()),
        sa.Column("released_by", sa.Text()),
        sa.Column("released_why", sa.Text()),
        sa.UniqueConstraint("place", "since", name="attackers_place_since"),
    )
    op.create_index("attackers_until", "attackers", ["until"])
    op.create_index("attackers_released", "attackers", ["released_at"])
    op.create_table(
        "good_pairs",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("network", sa.Text(), primary_key=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("first", "last", "days", "accounts")
        ),
        sa.Column("system", NUMBER, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("good_pairs_last", "good_pairs", ["last"])
