"""Dialogues in which the account counts: rules of a domain or a mailbox, and who is exempt.

Before the password only the server's rules count; after it, those of the account.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.lab.daemon import CONTACT, told
from tests.lab.guarded_host import FAMILIES, PASSWORD, STRANGER, GuardedHost

pytestmark = pytest.mark.lab

AMERICA_ONLY = {"country.mode": "allow", "country.list": ["US"]}
WITH_RUSSIA = {"country.mode": "allow", "country.list": ["DE", "RU"]}

CONNECTED = ("connect", "allow", "nothing_against")
REFUSED_LOGIN = ("auth", "deny", "country")


def refusal_of(guarded: GuardedHost, port: int, source: str, account: str) -> tuple[int, str]:
    """Log in and send a mail; the first answer that is none of success, or the last one."""
    with guarded.submission(port, source, account) as client:
        answer = client.send_mail(account, STRANGER)
        return answer.code, answer.text


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("port", [587, 465])
@pytest.mark.proves("login", of="postfix")
def test_a_domain_that_is_stricter_than_the_server_refuses_its_account_at_mail(
    guarded: GuardedHost, port: int, family: int
) -> None:
    """A3, A4, A12; vector 4: 235, then a refusal at MAIL; two events. Others send."""
    account, other = guarded.new_account("customer.test"), guarded.new_account()
    guarded.daemon.configure(scopes={"customer.test": AMERICA_ONLY})
    source = guarded.daemon.client("DE", family)
    with guarded.submission(port, source, account) as client:
        answer = client.mail(account)
        assert answer.code == 554
        assert "5.7.1" in answer.text
        assert "Germany" in answer.text
        assert CONTACT in answer.text
        assert client.mail(account).code == 554
    events = guarded.daemon.events(address=source)
    assert told(events) == [CONNECTED, REFUSED_LOGIN]
    assert (events[1].account, events[1].country) == (account, "DE")
    assert refusal_of(guarded, port, source, other)[0] == 250


def test_a_stricter_mailbox_is_refused_on_port_25_too(guarded: GuardedHost) -> None:
    """A3, A4, A13: there Postfix asks at the recipient; one event however many there are."""
    account = guarded.new_account("customer.test")
    guarded.daemon.configure(scopes={account: AMERICA_ONLY})
    source = guarded.daemon.client("DE")
    with guarded.submission(25, source, account) as client:
        assert client.mail(account).code == 250
        assert client.rcpt(STRANGER).code == 554
        assert client.rcpt(STRANGER).code == 554
    assert told(guarded.daemon.events(address=source)) == [REFUSED_LOGIN]


@pytest.mark.parametrize("port", [143, 995])
@pytest.mark.proves("mailboxes", of="dovecot")
def test_a_stricter_mailbox_is_not_opened(guarded: GuardedHost, port: int) -> None:
    """A2, A12, A13: Dovecot knows the account, so both stages are asked at the password."""
    account = guarded.new_account("customer.test")
    other = guarded.new_account("customer.test")
    guarded.daemon.configure(scopes={account: AMERICA_ONLY})
    source = guarded.daemon.client("DE")
    with guarded.mailbox(port, source) as client:
        answer = client.login(account, PASSWORD)
        assert not answer.ok
        assert "Germany" in answer.text
    assert told(guarded.daemon.events(address=source)) == [REFUSED_LOGIN]
    with guarded.mailbox(port, guarded.daemon.client("US")) as client:
        assert client.login(account, PASSWORD).ok
    with guarded.mailbox(port, source) as client:
        assert client.login(other, PASSWORD).ok


def test_a_looser_account_cannot_help_before_the_password(guarded: GuardedHost) -> None:
    """A11, A12; vector 5: it is not known there; Dovecot asks as strictly."""
    account = guarded.new_account("customer.test")
    guarded.daemon.configure(
        {"exempt.accounts": [{"entry": account}]},
        scopes={"customer.test": WITH_RUSSIA, account: {"country.mode": "off"}},
    )
    source = guarded.daemon.client("RU")
    with guarded.smtp(587, source) as client:
        assert client.greeting.code == 554
    with guarded.mailbox(143, source) as reader:
        assert not reader.login(account, PASSWORD).ok
    events = guarded.daemon.events(address=source)
    assert told(events) == [("connect", "deny", "country")] * 2


def test_a_looser_account_helps_where_only_the_account_is_asked(guarded: GuardedHost) -> None:
    """A1, A11, A12: with the check before the password switched off."""
    account, other = guarded.new_account("customer.test"), guarded.new_account()
    guarded.daemon.configure({"connect.enabled": False}, scopes={"customer.test": WITH_RUSSIA})
    source = guarded.daemon.client("RU")
    assert refusal_of(guarded, 587, source, account)[0] == 250
    assert refusal_of(guarded, 587, source, other)[0] == 554
    with guarded.mailbox(143, source) as reader:
        assert reader.login(account, PASSWORD).ok
    with guarded.mailbox(143, source) as reader:
        assert not reader.login(other, PASSWORD).ok


@pytest.mark.lab_releases("bookworm")
@pytest.mark.proves("login", of="postfix")
def test_the_mailbox_counts_before_the_domain_before_the_server(guarded: GuardedHost) -> None:
    """A12, A13."""
    mailbox, domain = guarded.new_account("customer.test"), guarded.new_account("customer.test")
    guarded.daemon.configure(
        {"country.list": ["DE", "US", "RU"]},
        scopes={"customer.test": AMERICA_ONLY, mailbox: {"country.list": ["RU"]}},
    )
    russia, america = guarded.daemon.client("RU"), guarded.daemon.client("US")
    assert refusal_of(guarded, 587, russia, mailbox)[0] == 250
    assert refusal_of(guarded, 587, america, mailbox)[0] == 554
    assert refusal_of(guarded, 587, russia, domain)[0] == 554
    assert refusal_of(guarded, 587, america, domain)[0] == 250
    assert refusal_of(guarded, 587, russia, guarded.new_account())[0] == 250


@pytest.mark.parametrize("family", FAMILIES)
def test_an_exempt_address_passes_both_stages(guarded: GuardedHost, family: int) -> None:
    """A10, A15; vector 6: whatever server and account say of its country."""
    account = guarded.new_account("customer.test")
    source = guarded.daemon.client("RU", family)
    guarded.daemon.configure(
        {"exempt.addresses": [{"entry": source, "comment": "the office"}]},
        scopes={"customer.test": AMERICA_ONLY},
    )
    assert refusal_of(guarded, 587, source, account)[0] == 250
    with guarded.mailbox(993, source) as reader:
        assert reader.login(account, PASSWORD).ok
    events = guarded.daemon.events(address=source, service="submission")
    assert told(events)[:2] == [
        ("connect", "allow", "exempt_address"),
        ("auth", "allow", "exempt_address"),
    ]
    assert all("the office" in event.detail for event in events[:2])
    with guarded.smtp(587, guarded.daemon.client("RU", family)) as neighbour:
        assert neighbour.greeting.code == 554


@pytest.mark.lab_releases("bookworm")
@pytest.mark.parametrize(
    ("entry", "origin", "family"),
    [
        ("203.0.113.0/24", "RU", 4),
        ("2001:db8:7::/48", "RU", 6),
        ("AS64500", "US", 4),
    ],
)
def test_an_exempt_network_passes(
    guarded: GuardedHost, entry: str, origin: str, family: int
) -> None:
    """A10, A15, A16: as a prefix or as an autonomous system."""
    account, source = guarded.new_account(), guarded.daemon.client(origin, family)
    guarded.daemon.configure({"country.list": ["DE"]})
    with guarded.smtp(587, source) as client:
        assert client.greeting.code == 554
    guarded.daemon.configure({"country.list": ["DE"], "exempt.addresses": [{"entry": entry}]})
    assert refusal_of(guarded, 587, source, account)[0] == 250


@pytest.mark.lab_releases("bookworm")
def test_an_exemption_that_has_ended_helps_nobody(guarded: GuardedHost) -> None:
    """A16, A17."""
    source = guarded.daemon.client("RU")
    entry: dict[str, Any] = {"entry": source, "expires": time.time() + 3600}
    guarded.daemon.configure({"exempt.addresses": [entry]})
    with guarded.smtp(587, source) as client:
        assert client.greeting.code == 220
    guarded.daemon.configure({"exempt.addresses": [entry | {"expires": time.time() - 1}]})
    with guarded.smtp(587, source) as client:
        assert client.greeting.code == 554


@pytest.mark.lab_releases("bookworm")
@pytest.mark.parametrize("entry", ["account", "domain"])
def test_an_exempt_account_passes_after_the_password(guarded: GuardedHost, entry: str) -> None:
    """A11: its domain's own list does not hold it back."""
    account = guarded.new_account("customer.test")
    who = account if entry == "account" else "customer.test"
    guarded.daemon.configure(
        {"exempt.accounts": [{"entry": who}]}, scopes={"customer.test": AMERICA_ONLY}
    )
    source = guarded.daemon.client("DE")
    assert refusal_of(guarded, 465, source, account)[0] == 250
    with guarded.mailbox(110, source) as reader:
        assert reader.login(account, PASSWORD).ok
    events = guarded.daemon.events(address=source, service="smtps")
    assert told(events)[:2] == [CONNECTED, ("auth", "allow", "exempt_account")]


@pytest.mark.lab_releases("bookworm")
def test_an_exempt_address_on_the_command_line_counts_at_once(guarded: GuardedHost) -> None:
    """A10, E15: `mailward exempt add` and `remove`, while the daemon runs."""
    source = guarded.daemon.client("RU")
    for verb, code in (("add", 220), ("remove", 554)):
        guarded.daemon.mailward("exempt", verb, source)
        with guarded.smtp(587, source) as client:
            assert client.greeting.code == code, verb
