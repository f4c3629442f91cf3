"""What made accounts look stolen, and what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "signals",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("at", "last")),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("account", "domain", "kind", "evidence", "countries", "action")
        ),
        *(sa.Column(name, sa.Double()) for name in ("told", "closed_at")),
        *(sa.Column(name, sa.Text()) for name in ("closed_by", "closed_as")),
        sa.UniqueConstraint("account", "kind", "at", name="signals_account"),
    )
    op.create_index("signals_last", "signals", ["last"])
