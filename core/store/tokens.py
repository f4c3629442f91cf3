"""Tokens with which programs use the JSON interface in somebody's name.

Only a hash of the secret is kept, so whoever reads the store can use none. The secret is 256 random
bits, so a plain SHA-256 is as good as a slow one: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Row, Select, insert, or_, select, update

from core.settings.account import LONGEST
from core.store.database import Database
from core.store.schema import tokens
from core.store.text import storable

PREFIX: Final = "mailward"
"""What a secret begins with, so that people and scanners of leaked secrets know what it is."""

LONGEST_NAME: Final = 100
MOST_DOMAINS: Final = 1000
TOUCH_SECONDS: Final = 60.0
"""How often at most it is noted that a token is used."""

AnyRow = Row[*tuple[Any, ...]]
Query = Select[*tuple[Any, ...]]

_t = tokens.c


class Token(Struct, frozen=True, kw_only=True):
    """A token, without its secret.

    Attributes:
        id: its number.
        name: what it is for, in the words of whoever made it.
        role: as in `core.panel.Role`: in whose place it stands.
        login: whose place, "" for none in particular.
        domains: the only domains; None for all that the role may see.
        created, by: when and by whom it was made.
        expires: when it ends, None for never.
        used: when it was used last, give or take a minute; None for never.
        revoked: when it was taken back, None when it was not.
    """

    id: int
    name: str
    role: str
    login: str
    domains: tuple[str, ...] | None
    created: float
    by: str
    expires: float | None
    used: float | None
    revoked: float | None

    def is_good(self, now: float) -> bool:
        """Whether it opens anything at that second."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Tokens:
    """The tokens of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        role: str,
        login: str,
        domains: tuple[str, ...] | None,
        expires: float | None,
        by: str,
        at: float,
    ) -> tuple[Token, str]:
        """Make a token.

        Args:
            name, role, login, domains, expires, by: as in `Token`.
            at: when, seconds since 1970.

        Returns:
            The token and its secret, which nobody can find out again.

        Raises:
            ValueError: it has no name, or a text is longer than any may be, or it would never be
                good.
            StoreError: nothing was written.
        """
        _check(name, login, domains, expires, at)
        public, private = secrets.token_hex(8), secrets.token_urlsafe(32)
        row = {
            "public": public,
            "digest": _digest(private),
            "name": storable(name.strip()),
            "role": role,
            "login": storable(login),
            "domains": None if domains is None else msgspec.json.encode(domains).decode(),
            "created": at,
            "created_by": storable(by),
            "expires": expires,
        }
        with self._database.writing(durable=True) as connection:
            made = connection.execute(insert(tokens).values(row).returning(*tokens.c)).one()
        return _token(made), f"{PREFIX}_{public}_{private}"

    def find(self, secret: str, at: float) -> Token | None:
        """The token that has this secret; None when there is none or it is not good any more.

        Args:
            secret: as `create` returned it, or anything else.
            at: when, seconds since 1970.

        Raises:
            StoreError: the store cannot be read.
        """
        prefix, _, rest = secret.partition("_")
        public, _, private = rest.partition("_")
        if prefix != PREFIX or not public.isascii() or not private or "\0" in secret:
            return None
        with self._database.reading() as connection:
            row = connection.execute(select(tokens).where(_t.public == public)).one_or_none()
        expected = "" if row is None else row.digest
        if not hmac.compare_digest(_digest(private), expected) or row is None:
            return None
        token = _token(row)
        return token if token.is_good(at) else None

    def touch(self, token: Token, at: float) -> None:
        """Note that a token is used, unless that was noted less than a minute ago.

        Args:
            token: as `find` has just returned it.
            at: when, seconds since 1970.

        Raises:
            StoreError: nothing was noted.
        """
        if token.used is not None and at - token.used < TOUCH_SECONDS:
            return
        stale = or_(_t.used.is_(None), _t.used <= at - TOUCH_SECONDS)
        change = update(tokens).where(_t.id == token.id, stale).values(used=at)
        with self._database.writing() as connection:
            connection.execute(change)

    def all(self, role: str = "", login: str = "") -> list[Token]:
        """Tokens, the newest first; those that are revoked or have expired too.

        Args:
            role: only those of this role, "" for all.
            login: only those of this person, "" for all.

        Raises:
            StoreError: the store cannot be read.
        """
        query: Query = select(tokens).order_by(_t.id.desc())
        if role:
            query = query.where(_t.role == role)
        if login:
            query = query.where(_t.login == storable(login))
        with self._database.reading() as connection:
            return [_token(row) for row in connection.execute(query)]

    def revoke(self, number: int, at: float) -> bool:
        """Take a token back.

        Args:
            number: its id.
            at: when, seconds since 1970.

        Returns:
            False when there is none, or it was taken back before.

        Raises:
            StoreError: nothing was changed.
        """
        change = update(tokens).where(_t.id == number, _t.revoked.is_(None)).values(revoked=at)
        with self._database.writing(durable=True) as connection:
            return connection.execute(change).rowcount > 0


def _check(
    name: str, login: str, domains: tuple[str, ...] | None, expires: float | None, at: float
) -> None:
    if not name.strip():
        raise ValueError("a token needs a name that says what it is for")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"a token's name has {LONGEST_NAME} characters at most")
    if len(login) > LONGEST:
        raise ValueError(f"a login name has {LONGEST} characters at most")
    if domains is not None and len(domains) > MOST_DOMAINS:
        raise ValueError(f"a token is for {MOST_DOMAINS} domains at most")
    if expires is not None and expires <= at:
        raise ValueError("a token must expire in the future")


def _digest(private: str) -> str:
    return hashlib.sha256(private.encode("utf-8", "surrogateescape")).hexdigest()


def _token(row: AnyRow) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        role=row.role,
        login=row.login,
        domains=None if row.domains is None else tuple(msgspec.json.decode(row.domains)),
        created=row.created,
        by=row.created_by,
        expires=row.expires,
        used=row.used,
        revoked=row.revoked,
    )
