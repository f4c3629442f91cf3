"""The tables. `core.store.migrations` brings a database to this shape, in steps.

Events keep what differs from event to event. What they share (stage, service, verdict, reason and
the checks) is one of a few hundred kinds, so that a row is short and "all refusals for their
country" is a handful of numbers in an index.

Every index of events but one has the shape (slot, what is searched for, kind, at), where a slot is
four hours. Without the slot, each event would change a page anywhere in each index, because
addresses and accounts come in no order: measured, 74 microseconds an event at a million of them,
and growing. With it only the end of an index changes: 15, and constant, and pruning frees whole
pages. A search asks slot by slot, the newest first, which `core.store.search` does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.store import weeks

metadata = MetaData()
"""All tables. A count is called `tally` in them, because rows are tuples and have a `count`."""

Number = BigInteger().with_variant(Integer, "sqlite")
"""64 bits; SQLite numbers rows by themselves only in a column declared INTEGER."""

SLOT = 4 * 3600
"""Seconds in a slot of the indexes of events. Never changes: it is in the rows."""

KIND_WORDS = ("stage", "service", "verdict", "reason", "check_name", "would")

kinds = Table(
    "kinds",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(word, Text, nullable=False) for word in KIND_WORDS),
    UniqueConstraint(*KIND_WORDS, name="kinds_words"),
)

events = Table(
    "events",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("last", Double, nullable=False),
    Column("tally", Number, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("country", Text, nullable=False),
    Column("asn", Number, nullable=False),
    Column("account", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("queue_id", Text, nullable=False),
    Column("recipients", Number, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,  # a number is never given twice, also after all rows were pruned
)

_e = events.c


# PostgreSQL is told the same conditions by `core.store.migration`: naming them for it here would
# load SQLAlchemy's whole dialect, 2 MB of the daemon's memory.
def _index(name: str, *columns: Column[Any], only: str = "") -> Index:
    where = text(only) if only else None
    return Index(name, *columns, sqlite_where=where)


_index("events_at", _e.at)
_index("events_kind", _e.slot, _e.kind, _e.at)
_index("events_country", _e.slot, _e.country, _e.kind, _e.at)
_index("events_address", _e.slot, _e.address, _e.kind, _e.at, _e.country)
_index("events_asn", _e.slot, _e.asn, _e.kind, _e.at, only="asn <> 0")
_index("events_account", _e.slot, _e.account, _e.kind, _e.at, _e.country, only="account <> ''")
_index("events_domain", _e.slot, _e.domain, _e.kind, _e.at, _e.country, only="domain <> ''")
_index("events_queue_id", _e.slot, _e.queue_id, _e.at, only="queue_id <> ''")

accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("domain", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Column("proven", Integer, nullable=False, server_default=text("0")),
    sqlite_with_rowid=False,
)
Index("accounts_day", accounts.c.day)
Index(
    "accounts_proven",
    accounts.c.domain,
    accounts.c.name,
    sqlite_where=text("proven > 0"),
)


def _counts(name: str, *key: Column[Any]) -> Table:
    """A table of statistics, stored in the order of its key: time first, as it is written."""
    return Table(
        name,
        metadata,
        *key,
        Column("tally", Number, nullable=False),
        Column("recipients", Number, nullable=False),
        sqlite_with_rowid=False,
    )


def _key(name: str, kind: type[Integer] | type[Text]) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


hourly = _counts("hourly", _key("hour", Integer), _key("kind", Integer), _key("country", Text))
daily = _counts("daily", _key("day", Integer), _key("kind", Integer), _key("country", Text))
domain_hourly = _counts(
    "domain_hourly", _key("hour", Integer), _key("domain", Text), _key("kind", Integer)
)


def _weekly(name: str, *columns: Column[Any]) -> Table:
    """A table of counts with a column for each day; see `core.store.weeks`."""
    return Table(name, metadata, _key("week", Integer), *columns, sqlite_with_rowid=False)


domain_weekly = _weekly(
    "domain_weekly",
    _key("domain", Text),
    _key("kind", Integer),
    *weeks.columns("tally", Number),
    *weeks.columns("recipients", Number),
)
domain_countries = _weekly(
    "domain_countries",
    _key("domain", Text),
    _key("country", Text),
    _key("kind", Integer),
    *weeks.columns("tally", Number),
    *weeks.columns("recipients", Number),
)
habits = _weekly(
    "habits",
    _key("refused", Integer),
    _key("domain", Text),
    _key("account", Text),
    _key("country", Text),
    *weeks.columns("tally", Number),
    Column("last", Double, nullable=False),
)

ranks = Table(
    "ranks",
    metadata,
    _key("slot", Integer),
    _key("field", Text),
    _key("key", Text),
    _key("kind", Integer),
    Column("tally", Number, nullable=False),
    Column("parts", Number, nullable=False),
    Column("last", Double, nullable=False),
    sqlite_with_rowid=False,
)

blocks = Table(
    "blocks",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("account", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("started", Double, nullable=False),
    Column("until", Double, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("released_at", Double),
    Column("released_by", Text),
    UniqueConstraint("account", "started", name="blocks_account_started"),
)
Index("blocks_until", blocks.c.until)
Index("blocks_started", blocks.c.started)

signals = Table(
    "signals",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("last", Double, nullable=False),
    Column("account", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("countries", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("told", Double),
    Column("closed_at", Double),
    Column("closed_by", Text),
    Column("closed_as", Text),
    UniqueConstraint("account", "kind", "at", name="signals_account"),
)
Index("signals_last", signals.c.last)

settings = Table(
    "settings",
    metadata,
    Column("level", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    sqlite_autoincrement=True,
)
Index("audit_scope", audit.c.level, audit.c.scope, audit.c.id)
Index("audit_name", audit.c.name, audit.c.id)

preferences = Table(
    "preferences",
    metadata,
    Column("role", Text, primary_key=True),
    Column("login", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("public", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("domains", Text),
    Column("created", Double, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires", Double),
    Column("used", Double),
    Column("revoked", Double),
    UniqueConstraint("public", name="tokens_public"),
    sqlite_autoincrement=True,  # a page that names a token that is gone names no other
)

attackers = Table(
    "attackers",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("place", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("since", Double, nullable=False),
    Column("until", Double, nullable=False),
    Column("times", Integer, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("released_at", Double),
    Column("released_by", Text),
    Column("released_why", Text),
    UniqueConstraint("place", "since", name="attackers_place_since"),
)
Index("attackers_until", attackers.c.until)
Index("attackers_released", attackers.c.released_at)

good_pairs = Table(
    "good_pairs",
    metadata,
    _key("account", Text),
    _key("network", Text),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("accounts", Integer, nullable=False),
    Column("system", Number, nullable=False),
    sqlite_with_rowid=False,
)
Index("good_pairs_last", good_pairs.c.last)

list_hits = Table(
    "list_hits",
    metadata,
    _key("day", Integer),
    _key("list", Text),
    Column("passed", Number, nullable=False),
    Column("failed", Number, nullable=False),
    sqlite_with_rowid=False,
)

compatibility = Table("compatibility", metadata, _key("oldest", Text))
"""One row: the oldest step of the migrations whose program can use these tables."""

replays = Table(
    "replays",
    metadata,
    _key("fingerprint", Text),
    Column("dialect", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("since", Double, nullable=False),
    Column("until", Double, nullable=False),
    Column("at", Double, nullable=False),
    Column("octets", Number, nullable=False),
    Column("lines", Number, nullable=False),
    sqlite_with_rowid=False,
)
