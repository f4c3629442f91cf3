"""Who lives on the demo's server."""

from __future__ import annotations

from random import Random

import pytest

from core.net.addresses import parse
from core.settings.account import domain_of, normalise
from core.words import Service
from demo import cast, places
from demo.visit import SMTP


def test_the_hoster_is_a_small_one() -> None:
    """40 mailboxes in 8 domains of 4 customers and a reseller with two more."""
    assert len(cast.ACCOUNTS) == len(set(cast.ACCOUNTS)) == 40
    assert len(cast.DOMAINS) == 8
    assert sum(not customer.reseller for customer in cast.CUSTOMERS) == 4
    assert {customer.reseller for customer in cast.CUSTOMERS} - {""} == {cast.RESELLER}
    assert {domain_of(account) for account in cast.ACCOUNTS} == set(cast.DOMAINS)
    assert all(account == normalise(account) for account in cast.ACCOUNTS)


@pytest.mark.parametrize(
    "account",
    [
        cast.NEWSLETTER,
        cast.SHOP,
        cast.FREQUENT_TRAVELLER,
        *cast.TRAVELLERS,
        *cast.VICTIMS,
    ],
)
def test_who_has_a_part_has_a_mailbox(account: str) -> None:
    assert account in cast.ACCOUNTS


def test_nothing_is_a_real_domain() -> None:
    """RFC 2606"""
    names = [*cast.DOMAINS, domain_of(cast.ADMINISTRATOR)]
    assert all(name.endswith(".example") for name in names)


@pytest.mark.parametrize("mailbox", cast.MAILBOXES, ids=lambda mailbox: mailbox.account)
def test_a_device_stays_where_it_is_for_a_day(mailbox: cast.Mailbox) -> None:
    for device in mailbox.devices:
        today = cast.address_of(mailbox, device, 20_000)
        assert parse(today) is not None
        assert cast.address_of(mailbox, device, 20_000) == today
        moves = cast.address_of(mailbox, device, 20_001) != today
        assert moves == (device not in ("office", "webmail", "server"))


def test_a_day_has_everything_in_it() -> None:
    random = Random(3)
    visits = [cast.ordinary(random, 20_000) for _ in range(2000)]
    assert {visit.account for visit in visits} == set(cast.ACCOUNTS)
    assert {visit.service for visit in visits} == {
        Service.IMAP,
        Service.IMAPS,
        Service.POP3S,
        Service.SMTPS,
        Service.SUBMISSION,
    }
    assert places.LOOPBACK in {visit.address for visit in visits}
    assert places.SHOP_SERVER in {visit.address for visit in visits}
    assert any(":" in visit.address for visit in visits)
    assert all(bool(visit.mails) == (visit.service in SMTP) for visit in visits)
    assert sum(not visit.knows for visit in visits) < 20


def test_attackers_never_know_a_password() -> None:
    random = Random(4)
    visits = [cast.attack(random) for _ in range(500)]
    assert not any(visit.knows or visit.mails for visit in visits)
    assert len({visit.address for visit in visits}) > 400
    assert any(visit.account in cast.ACCOUNTS for visit in visits)
    assert any(visit.account not in cast.ACCOUNTS for visit in visits)
