"""Kinds get a number once, whoever writes them first."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import insert

from core.store.database import Database
from core.store.kinds import Kind, KindFilter, Kinds, Outcome, kind_of, outcome
from core.store.preparation import Preparation
from core.store.schema import KIND_WORDS, kinds
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import event

COUNTRY = kind_of(event())
CLOUD = kind_of(event(reason=Reason.NETWORK_CLOUD, check="network"))
WATCHED = kind_of(event(verdict=Verdict.ALLOW, would="country"))


def test_a_number_for_each_kind_in_the_order_asked(store_url: str) -> None:
    with closing(Database(store_url, Preparation())) as database:
        numbers = Kinds(database).numbers([COUNTRY, CLOUD, COUNTRY])
        assert numbers[0] == numbers[2] != numbers[1]
        assert Kinds(database).numbers([COUNTRY, CLOUD, COUNTRY]) == numbers
        assert Kinds(database).numbers([]) == []


def test_two_processes_agree(store_url: str) -> None:
    with (
        closing(Database(store_url, Preparation())) as one,
        closing(Database(store_url, Preparation())) as two,
    ):
        first, second = Kinds(one), Kinds(two)
        numbers = first.numbers([COUNTRY])
        assert second.numbers([WATCHED, COUNTRY])[1:] == numbers
        with one.reading() as connection:
            assert set(first.known(connection).values()) == {COUNTRY, WATCHED}
        assert first.numbers([WATCHED, COUNTRY]) == second.numbers([WATCHED, COUNTRY])


def test_words_of_another_version_stay_text(store_url: str) -> None:
    with closing(Database(store_url, Preparation())) as database:
        row = dict(zip(KIND_WORDS, ["inbound", "smtp", "deny", "spam", "", ""], strict=True))
        with database.writing() as connection:
            connection.execute(insert(kinds).values(row))
        with database.reading() as connection:
            (kind,) = Kinds(database).known(connection).values()
    assert tuple(kind) == ("inbound", "smtp", "deny", "spam", "", "")
    assert kind.service is Service.SMTP


def test_kind_of() -> None:
    assert kind_of(event(would="x")) == Kind(
        Stage.CONNECT, Service.SUBMISSION, Verdict.DENY, Reason.COUNTRY, "country", "x"
    )


@pytest.mark.parametrize(
    ("verdict", "reason", "would", "came"),
    [
        ("allow", "nothing_against", "", Outcome.ALLOWED),
        ("allow", "login_ok", "country", Outcome.WATCHED),
        ("allow", "login_failed", "", Outcome.FAILED),
        ("allow", "login_failed", "country", Outcome.FAILED),
        ("deny", "country", "", Outcome.REFUSED),
        ("defer", "country", "network_cloud", Outcome.REFUSED),
        ("defer", "send_limit", "", Outcome.BLOCKED),
        ("deny", "account_blocked", "", Outcome.BLOCKED),
        ("deny", "account_stolen", "", Outcome.BLOCKED),
        ("deny", "blocked_by_hand", "", Outcome.BLOCKED),
        ("deny", "novelty", "", Outcome.REFUSED),
        ("allow", "novelty", "", Outcome.ALLOWED),
    ],
)
def test_outcome(verdict: str, reason: str, would: str, came: Outcome) -> None:
    """D8: every event is counted once."""
    assert outcome(verdict, reason, would) is came


DENIED = Kind(Stage.AUTH, Service.IMAP, Verdict.DENY, Reason.COUNTRY, "country")
WATCHED = Kind(Stage.AUTH, Service.IMAP, Verdict.ALLOW, Reason.LOGIN_OK, "", "network_cloud")


@pytest.mark.parametrize(
    ("wanted", "denied", "watched"),
    [
        (KindFilter(), True, True),
        (KindFilter(would=False), True, True),
        (KindFilter(stages=frozenset({Stage.AUTH})), True, True),
        (KindFilter(stages=frozenset({Stage.CONNECT, Stage.SEND})), False, False),
        (KindFilter(services=frozenset({Service.IMAP, Service.SMTP})), True, True),
        (KindFilter(services=frozenset({Service.SMTP})), False, False),
        (KindFilter(verdicts=frozenset({Verdict.DENY})), True, False),
        (KindFilter(reasons=frozenset({Reason.LOGIN_OK})), False, True),
        (KindFilter(would=True), False, True),
        (KindFilter(would=True, reasons=frozenset({Reason.NETWORK_CLOUD})), False, True),
        (KindFilter(would=True, reasons=frozenset({Reason.LOGIN_OK})), False, True),
        (KindFilter(would=True, reasons=frozenset({Reason.COUNTRY})), False, False),
        (KindFilter(reasons=frozenset({Reason.NETWORK_CLOUD})), False, False),
        (KindFilter(would=True, verdicts=frozenset({Verdict.DENY})), False, False),
    ],
)
def test_takes(wanted: KindFilter, denied: bool, watched: bool) -> None:
    assert (wanted.takes(DENIED), wanted.takes(WATCHED)) == (denied, watched)
    if not wanted.asks_for_kinds():
        assert denied
        assert watched
