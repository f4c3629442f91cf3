"""A token opens what it was made for, as long as it is good, and the store cannot tell it."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from core.store import schema
from core.store.database import Database
from core.store.preparation import Preparation
from core.store.store import Store
from core.store.tokens import MOST_DOMAINS, Token
from tests.core.store.samples import DAY, NOON


def make(store: Store, **fields: Any) -> tuple[Token, str]:
    known: dict[str, Any] = {
        "name": "billing",
        "role": "reseller",
        "login": "ann",
        "domains": ("a.test", "b.test"),
        "expires": NOON + DAY,
        "by": "root",
        "at": NOON,
    }
    return store.tokens.create(**(known | fields))


def test_a_secret_finds_its_token(store: Store) -> None:
    other, _ = make(store, name="other", domains=None, expires=None)
    token, secret = make(store)
    assert store.tokens.find(secret, NOON + 1) == token
    assert token == Token(
        id=token.id,
        name="billing",
        role="reseller",
        login="ann",
        domains=("a.test", "b.test"),
        created=NOON,
        by="root",
        expires=NOON + DAY,
        used=None,
        revoked=None,
    )
    assert store.tokens.all() == [token, other]
    assert other.domains is None


def test_no_domains_are_not_all_domains(store: Store) -> None:
    """E22."""
    _, secret = make(store, domains=())
    found = store.tokens.find(secret, NOON)
    assert found is not None
    assert found.domains == ()


def test_a_token_ends_when_it_expires(store: Store) -> None:
    _, secret = make(store)
    _, lasting = make(store, expires=None)
    assert store.tokens.find(secret, NOON + DAY - 1) is not None
    assert store.tokens.find(secret, NOON + DAY) is None
    assert store.tokens.find(lasting, NOON + 1000 * DAY) is not None


def test_a_token_ends_when_it_is_revoked(store: Store) -> None:
    token, secret = make(store)
    assert store.tokens.revoke(token.id, NOON + 5)
    assert not store.tokens.revoke(token.id, NOON + 6)
    assert not store.tokens.revoke(token.id + 1, NOON + 6)
    assert store.tokens.find(secret, NOON + 7) is None
    assert [one.revoked for one in store.tokens.all()] == [NOON + 5]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda s: s[:-1] + ("A" if s[-1] != "A" else "B"), id="one letter"),
        pytest.param(lambda s: s.upper(), id="capitals"),
        pytest.param(lambda s: s.rpartition("_")[0] + "_", id="no secret part"),
        pytest.param(lambda s: s.removeprefix("mailward_"), id="no prefix"),
        pytest.param(lambda s: "", id="nothing"),
        pytest.param(lambda s: "mailward_0123456789abcdef_x", id="no such token"),
        pytest.param(lambda s: s + "\0", id="a byte more"),
        pytest.param(lambda s: s + "\udcff", id="not UTF-8"),
    ],
)
def test_nothing_else_finds_it(store: Store, change: Any) -> None:
    _, secret = make(store)
    assert store.tokens.find(change(secret), NOON) is None


def test_the_store_does_not_keep_the_secret(store_url: str) -> None:
    with closing(Store.open(store_url)) as store:
        _, secret = make(store)
        private = secret.split("_", 2)[2]
    with closing(Database(store_url, Preparation())) as database, database.reading() as connection:
        (row,) = connection.execute(select(schema.tokens)).all()
    assert all(private not in str(value) for value in row)


def test_its_use_is_noted_once_a_minute(store: Store) -> None:
    token, secret = make(store, expires=None)
    used = []
    for after in (0, 30, 59, 60, 200):
        found = store.tokens.find(secret, NOON + after)
        assert found is not None
        store.tokens.touch(found, NOON + after)
        used.append(store.tokens.all()[0].used)
    assert used == [NOON, NOON, NOON, NOON + 60, NOON + 200]
    store.tokens.touch(token, NOON + 210)  # read long before another process noted it
    assert store.tokens.all()[0].used == NOON + 200


def test_tokens_of_one_person(store: Store) -> None:
    mine, _ = make(store)
    make(store, login="bob")
    make(store, role="customer")
    assert store.tokens.all("reseller", "ann") == [mine]
    assert len(store.tokens.all(role="reseller")) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 101}, "100 characters"),
        ({"login": "x" * 321}, "320 characters"),
        ({"domains": ("a.test",) * (MOST_DOMAINS + 1)}, "1000 domains"),
        ({"expires": NOON}, "in the future"),
    ],
)
def test_what_makes_no_sense_is_refused(store: Store, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(store, **fields)
    assert store.tokens.all() == []
