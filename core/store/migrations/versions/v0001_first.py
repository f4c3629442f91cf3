"""The first tables. `core.store.schema` says what they are for."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SLOTTED = {
    "events_kind": (["kind", "at"], None),
    "events_country": (["country", "at", "kind"], None),
    "events_address": (["address", "at", "kind"], None),
    "events_asn": (["asn", "at", "kind"], "asn <> 0"),
    "events_account": (["account", "at", "kind"], "account <> ''"),
    "events_domain": (["domain", "at", "kind", "country"], "domain <> ''"),
    "events_queue_id": (["queue_id", "at"], "queue_id <> ''"),
}
STATISTICS = {
    "hourly": ["hour", "kind", "country"],
    "daily": ["day", "kind", "country"],
    "domain_hourly": ["hour", "domain", "kind"],
    "domain_daily": ["day", "domain", "kind", "country"],
}


def upgrade() -> None:
    """Go to this version."""
    _events()
    _statistics()
    _blocks()
    _settings()


def _text(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _events() -> None:
    words = ["stage", "service", "verdict", "reason", "check_name", "would"]
    op.create_table(
        "kinds",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_text(*words),
        sa.UniqueConstraint(*words, name="kinds_words"),
    )
    op.create_table(
        "events",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("last", sa.Double(), nullable=False),
        sa.Column("tally", NUMBER, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        *_text("country"),
        sa.Column("asn", NUMBER, nullable=False),
        *_text("account", "domain", "queue_id"),
        sa.Column("recipients", NUMBER, nullable=False),
        *_text("detail"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_at", "events", ["at"])
    for name, (columns, only) in SLOTTED.items():
        where = None if only is None else sa.text(only)
        op.create_index(
            name, "events", ["slot", *columns], sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text(), primary_key=True),
        *_text("domain"),
        sa.Column("day", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("accounts_day", "accounts", ["day"])


def _statistics() -> None:
    for name, key in STATISTICS.items():
        columns = [
            sa.Column(
                part,
                sa.Text() if part in ("domain", "country") else sa.Integer(),
                primary_key=True,
                autoincrement=False,
            )
            for part in key
        ]
        op.create_table(
            name,
            *columns,
            sa.Column("tally", NUMBER, nullable=False),
            sa.Column("recipients", NUMBER, nullable=False),
            sqlite_with_rowid=False,
        )


def _blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        *_text("account", "domain"),
        sa.Column("started", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        *_text("reason", "evidence"),
        sa.Column("released_at", sa.Double()),
        sa.Column("released_by", sa.Text()),
        sa.UniqueConstraint("account", "started", name="blocks_account_started"),
    )
    op.create_index("blocks_until", "blocks", ["until"])
    op.create_index("blocks_started", "blocks", ["started"])


def _settings() -> None:
    op.create_table(
        "settings",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("level", "scope", "name")),
        *_text("value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double(), nullable=False),
        *_text("who", "why", "level", "scope", "name"),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_scope", "audit", ["level", "scope", "id"])
    op.create_index("audit_name", "audit", ["name", "id"])
