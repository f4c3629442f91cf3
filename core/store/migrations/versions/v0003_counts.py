"""Counts that make months quick: domains by week, and who logs in from where."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAYS = range(7)
SLOTS_OF_A_WEEK = 42
NUMBERS = ("week", "kind", "refused")

LOGINS = """
    SELECT id, 0 AS refused FROM kinds
    WHERE stage = 'auth' AND verdict = 'allow' AND reason <> 'login_failed'
    AND (would = '' OR service IN ('submission', 'smtps', 'smtp', 'local'))
"""
REFUSALS = "SELECT id, 1 AS refused FROM kinds WHERE stage = 'auth' AND verdict <> 'allow'"
MOST = {LOGINS: 2**62, REFUSALS: 10_000}
"""Habits that are kept of a week."""

SUMMED = {
    "domain_weekly": ("domain", "kind"),
    "domain_countries": ("domain", "country", "kind"),
}
"""What is summed up from the table that they replace, and the rest of their keys."""


def upgrade() -> None:
    """Go to this version."""
    for name, key in SUMMED.items():
        _weekly(name, key, ("tally", "recipients"))
    connection = op.get_bind()
    span = sa.text("SELECT MIN(day), MAX(day) FROM domain_daily")
    for week in _weeks(connection, span, len(DAYS)):
        for name, key in SUMMED.items():
            _sum_up(connection, name, key, week)
    op.drop_table("domain_daily")
    _weekly(
        "habits",
        ("refused", "domain", "account", "country"),
        ("tally",),
        sa.Column("last", sa.Double(), nullable=False),
    )
    span = sa.text("SELECT MIN(slot), MAX(slot) FROM events")
    for week in _weeks(connection, span, SLOTS_OF_A_WEEK):
        _find_habits(connection, week, LOGINS)
        _find_habits(connection, week, REFUSALS)


def _weeks(connection: sa.Connection, span: sa.TextClause, length: int) -> range:
    first, last = connection.execute(span).one()
    return range(0) if first is None else range(first // length, last // length + 1)


def _weekly(name: str, key: Sequence[str], counts: Sequence[str], *more: sa.Column[float]) -> None:
    op.create_table(
        name,
        *(
            sa.Column(
                part,
                sa.Integer() if part in NUMBERS else sa.Text(),
                primary_key=True,
                autoincrement=False,
            )
            for part in ("week", *key)
        ),
        *(
            sa.Column(f"{count}{day}", NUMBER, nullable=False, server_default="0")
            for count in counts
            for day in DAYS
        ),
        *more,
        sqlite_with_rowid=False,
    )


def _sum_up(connection: sa.Connection, name: str, key: Sequence[str], week: int) -> None:
    listed = ", ".join(key)
    counts = [(count, day) for count in ("tally", "recipients") for day in DAYS]
    columns = ", ".join(f"{count}{day}" for count, day in counts)
    sums = ", ".join(
        f"SUM(CASE WHEN day = {week * 7 + day} THEN {count} ELSE 0 END)" for count, day in counts
    )
    sql = (
        f"INSERT INTO {name} (week, {listed}, {columns}) "  # noqa: S608  # our own names
        f"SELECT {week}, {listed}, {sums} FROM domain_daily "
        f"WHERE day >= {week * 7} AND day < {week * 7 + 7} GROUP BY {listed}"
    )
    connection.execute(sa.text(sql))


def _find_habits(connection: sa.Connection, week: int, wanted: str) -> None:
    columns = ", ".join(f"tally{day}" for day in DAYS)
    sums = ", ".join(
        f"SUM(CASE WHEN slot / 6 = {week * 7 + day} THEN tally ELSE 0 END)" for day in DAYS
    )
    sql = f"""
        INSERT INTO habits (week, refused, domain, account, country, {columns}, last)
        SELECT {week}, refused, domain, account, country, {sums}, MAX(last)
        FROM events JOIN ({wanted}) AS wanted ON events.kind = wanted.id
        WHERE slot >= {week * SLOTS_OF_A_WEEK} AND slot < {(week + 1) * SLOTS_OF_A_WEEK}
        AND account <> ''
        GROUP BY refused, domain, account, country
        ORDER BY SUM(tally) DESC LIMIT {MOST[wanted]}
    """  # noqa: S608  # numbers and our own names
    connection.execute(sa.text(sql))
