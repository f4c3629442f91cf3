"""What people choose, the tokens of their programs, and which accounts are proven."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SLOTS_OF_A_DAY = 6

PROVE = sa.text(
    """
    UPDATE accounts SET proven = :day WHERE name IN (
        SELECT account FROM events
        WHERE slot >= :first AND slot < :end AND account <> '' AND kind IN (
            SELECT id FROM kinds WHERE verdict = 'allow' AND (stage = 'send' OR (
                stage = 'auth' AND reason <> 'login_failed'
                AND (would = '' OR service IN ('submission', 'smtps', 'smtp', 'local'))
            ))
        )
    )
    """
)
"""Marks the accounts that logged in or sent on one day."""


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "preferences",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("role", "login", "name")),
        sa.Column("value", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tokens",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("public", "digest", "name", "role", "login")
        ),
        sa.Column("domains", sa.Text()),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Double()) for name in ("expires", "used", "revoked")),
        sa.UniqueConstraint("public", name="tokens_public"),
        sqlite_autoincrement=True,
    )
    _prove_accounts()


def _prove_accounts() -> None:
    op.add_column(
        "accounts", sa.Column("proven", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    connection = op.get_bind()
    span = sa.text("SELECT MIN(slot), MAX(slot) FROM events")
    first, last = connection.execute(span).one()
    if first is not None:
        for day in range(first // SLOTS_OF_A_DAY, last // SLOTS_OF_A_DAY + 1):
            slots = {"first": day * SLOTS_OF_A_DAY, "end": (day + 1) * SLOTS_OF_A_DAY}
            connection.execute(PROVE, {"day": day, **slots})
    op.create_index(
        "accounts_proven",
        "accounts",
        ["domain", "name"],
        sqlite_where=sa.text("proven > 0"),
        postgresql_where=sa.text("proven > 0"),
    )
