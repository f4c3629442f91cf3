"""Indexes of events that answer kinds and countries together with what is searched for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = {
    "events_country": (["slot", "country", "kind", "at"], None),
    "events_address": (["slot", "address", "kind", "at", "country"], None),
    "events_asn": (["slot", "asn", "kind", "at"], "asn <> 0"),
    "events_account": (["slot", "account", "kind", "at", "country"], "account <> ''"),
    "events_domain": (["slot", "domain", "kind", "at", "country"], "domain <> ''"),
}


def upgrade() -> None:
    """Go to this version."""
    for name, (columns, only) in INDEXES.items():
        op.drop_index(name, "events")
        where = None if only is None else sa.text(only)
        op.create_index(name, "events", columns, sqlite_where=where, postgresql_where=where)
