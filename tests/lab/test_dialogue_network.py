"""Dialogues with clients from clouds, attackers, relays, and from nowhere in particular."""

from __future__ import annotations

import pytest

from tests.lab.daemon import CONTACT, told
from tests.lab.guarded_host import FAMILIES, PASSWORD, STRANGER, GuardedHost

pytestmark = pytest.mark.lab

PASSED = ("connect", "allow", "nothing_against")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("port", [587, 465])
def test_an_attacker_is_hung_up_on(guarded: GuardedHost, port: int, family: int) -> None:
    """A9, A15, A27: 521 (access(5)), and the connection ends."""
    source = guarded.daemon.client("attacker", family)
    with guarded.smtp(port, source) as client:
        assert client.greeting.code == 521
        assert "5.7.1" in client.greeting.text
        assert CONTACT in client.greeting.text
        assert client.receive() is None
    (event,) = guarded.daemon.events(address=source)
    assert told([event]) == [("connect", "deny", "network_attacker")]
    assert "Spamhaus" in event.detail


@pytest.mark.parametrize("family", FAMILIES)
def test_an_attacker_opens_no_mailbox(guarded: GuardedHost, family: int) -> None:
    """A2, A9."""
    source = guarded.daemon.client("attacker", family)
    with guarded.mailbox(143, source) as client:
        answer = client.login(guarded.new_account(), PASSWORD)
        assert not answer.ok
        assert source in answer.text
    assert told(guarded.daemon.events(address=source)) == [("connect", "deny", "network_attacker")]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_cloud_is_refused_where_that_is_set(guarded: GuardedHost, family: int) -> None:
    """A8; vector 7, on: the text names the address, because the country is not the reason."""
    guarded.daemon.configure({"network.cloud": "refuse"})
    source = guarded.daemon.client("cloud", family)
    with guarded.smtp(587, source) as client:
        assert client.greeting.code == 554
        assert source in client.greeting.text
        assert CONTACT in client.greeting.text
    with guarded.mailbox(993, source) as reader:
        assert not reader.login(guarded.new_account(), PASSWORD).ok
    events = guarded.daemon.events(address=source)
    assert told(events) == [("connect", "deny", "network_cloud")] * 2
    assert "Amazon" in events[0].detail


@pytest.mark.parametrize(("switch", "would"), [("watch", "network_cloud"), ("off", "")])
def test_a_cloud_passes_where_that_is_set(guarded: GuardedHost, switch: str, would: str) -> None:
    """A8, A20; vector 7, off: a watched one is noted."""
    guarded.daemon.configure({"network.cloud": switch})
    source, account = guarded.daemon.client("cloud"), guarded.new_account()
    with guarded.submission(587, source, account) as client:
        assert client.send_mail(account, STRANGER).code == 250
    events = guarded.daemon.events(address=source)
    assert told(events)[0] == PASSED
    assert [event.would for event in events] == [would, would, ""]


@pytest.mark.lab_releases("bookworm")
@pytest.mark.parametrize("origin", ["cloud", "attacker"])
def test_an_exempt_address_in_a_refused_network_passes(guarded: GuardedHost, origin: str) -> None:
    """A8, A9, A10; vector 7, exempt: a customer's web shop."""
    source, account = guarded.daemon.client(origin), guarded.new_account()
    guarded.daemon.configure({"network.cloud": "refuse", "exempt.addresses": [{"entry": source}]})
    with guarded.submission(587, source, account) as client:
        assert client.send_mail(account, STRANGER).code == 250
    with guarded.mailbox(143, source) as reader:
        assert reader.login(account, PASSWORD).ok


@pytest.mark.lab_releases("bookworm")
def test_a_domain_may_refuse_the_cloud_that_the_server_lets_pass(guarded: GuardedHost) -> None:
    """A3, A8, A12."""
    account = guarded.new_account("customer.test")
    guarded.daemon.configure(scopes={"customer.test": {"network.cloud": "refuse"}})
    source = guarded.daemon.client("cloud")
    with guarded.submission(587, source, account) as client:
        answer = client.mail(account)
        assert answer.code == 554
        assert source in answer.text
    assert told(guarded.daemon.events(address=source)) == [
        PASSED,
        ("auth", "deny", "network_cloud"),
    ]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_mail_relay_passes_whatever_its_country(guarded: GuardedHost, family: int) -> None:
    """A8: Gmail's servers stand in Russia here, which says nothing of who sends through them."""
    source, account = guarded.daemon.client("relay", family), guarded.new_account("customer.test")
    guarded.daemon.configure(scopes={"customer.test": {"country.list": ["US"]}})
    with guarded.submission(587, source, account) as client:
        assert client.send_mail(account, STRANGER).code == 250
    with guarded.mailbox(993, source) as reader:
        assert reader.login(account, PASSWORD).ok


@pytest.mark.lab_releases("bookworm")
def test_a_mail_relay_is_refused_where_that_is_set(guarded: GuardedHost) -> None:
    """A8."""
    guarded.daemon.configure({"network.relay": "refuse"})
    source = guarded.daemon.client("relay")
    with guarded.smtp(465, source) as client:
        assert client.greeting.code == 554
    assert told(guarded.daemon.events(address=source)) == [("connect", "deny", "network_relay")]


@pytest.mark.lab_releases("bookworm")
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("setting", "code"), [("allow", 220), ("refuse", 554)])
def test_an_unknown_country_is_a_matter_of_settings(
    guarded: GuardedHost, setting: str, code: int, family: int
) -> None:
    """A14."""
    guarded.daemon.configure({"country.unknown": setting})
    source = guarded.daemon.client("unknown", family)
    with guarded.smtp(587, source) as client:
        assert client.greeting.code == code
    with guarded.mailbox(143, source) as reader:
        assert reader.login(guarded.new_account(), PASSWORD).ok is (code == 220)


@pytest.mark.parametrize(
    "source", ["127.0.0.1", "127.3.2.1", "10.1.2.3", "192.168.1.1", "fe80::1", "fd00::1", "::1"]
)
def test_who_is_near_is_never_refused(guarded: GuardedHost, source: str) -> None:
    """A14: a webmail on the server itself, a machine beside it."""
    account = guarded.new_account("customer.test")
    guarded.daemon.configure(
        {"country.list": ["JP"], "country.unknown": "refuse", "network.cloud": "refuse"},
        scopes={"customer.test": {"country.list": ["CH"]}},
    )
    with guarded.submission(587, source, account) as client:
        assert client.send_mail(account, STRANGER).code == 250
    with guarded.mailbox(143, source) as reader:
        assert reader.login(account, PASSWORD).ok


@pytest.mark.lab_releases("bookworm")
def test_a_watched_country_list_refuses_nobody(guarded: GuardedHost) -> None:
    """A20: what it would refuse is in the journal."""
    guarded.daemon.configure({"country.watch": True})
    source, account = guarded.daemon.client("RU"), guarded.new_account()
    with guarded.submission(587, source, account) as client:
        assert client.send_mail(account, STRANGER).code == 250
    events = guarded.daemon.events(address=source)
    assert [event.verdict for event in events] == ["allow"] * 3
    assert [event.would for event in events] == ["country", "country", ""]


@pytest.mark.lab_releases("bookworm")
def test_the_servers_own_country_is_always_allowed(guarded: GuardedHost) -> None:
    """A7: set by hand here; a list that forgets it locks nobody out."""
    guarded.daemon.configure({"country.list": ["JP"], "country.server": "RU"})
    with guarded.smtp(587, guarded.daemon.client("RU")) as client:
        assert client.greeting.code == 220
    with guarded.smtp(587, guarded.daemon.client("DE")) as client:
        assert client.greeting.code == 554


@pytest.mark.lab_releases("bookworm")
def test_a_list_of_refused_countries_lets_all_others_pass(guarded: GuardedHost) -> None:
    """A6: the other mode."""
    guarded.daemon.configure({"country.mode": "refuse", "country.list": ["DE"]})
    for origin, code in (("DE", 554), ("RU", 220), ("US", 220)):
        with guarded.smtp(587, guarded.daemon.client(origin)) as client:
            assert client.greeting.code == code, origin
