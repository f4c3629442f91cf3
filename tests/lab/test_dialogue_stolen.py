"""Dialogues of a stolen account: where it is used from two countries, it sends nothing more."""

from __future__ import annotations

import pytest

from tests.lab.daemon import CONTACT
from tests.lab.guarded_host import PASSWORD, STRANGER, GuardedHost
from tests.lab.readiness import await_true

pytestmark = pytest.mark.lab

BLOCK = {"stolen.action": "block", "stolen.countries": 2}


def stole(guarded: GuardedHost, account: str) -> None:
    """Send from Germany, log in from America, and wait for what comes of it."""
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        assert client.send_mail(account, STRANGER).code == 250
    with guarded.submission(587, guarded.daemon.client("US"), account) as thief:
        assert thief.mail(account).code == 250, "nobody knows yet"
        await_true(lambda: account in guarded.daemon.blocked(), "the block", str)


def test_the_second_country_sends_nothing_where_that_is_set(guarded: GuardedHost) -> None:
    """A19, A23: a block within seconds, for both; reading goes on. B12: a new password ends it."""
    account, other = guarded.new_account(), guarded.new_account()
    guarded.daemon.configure(BLOCK)
    stole(guarded, account)
    for origin in ("US", "DE"):
        with guarded.submission(587, guarded.daemon.client(origin), account) as client:
            answer = client.mail(account)
            assert answer.code == 450
            assert "its password must be changed" in answer.text
            assert CONTACT in answer.text
    source = guarded.daemon.client("DE")
    with guarded.mailbox(993, source) as reader:
        assert reader.login(account, PASSWORD).ok
    with guarded.submission(587, source, other) as client:
        assert client.send_mail(other, STRANGER).code == 250, "nobody else is blocked"

    def listed() -> str:
        return guarded.daemon.mailward("stolen", "show", account).stdout

    await_true(lambda: "United States" in listed(), "the signals of that second", listed)
    assert "Germany" in listed()
    changed = guarded.daemon.mailward("password-changed", account).stdout
    assert "may send again" in changed
    with guarded.submission(587, source, account) as client:
        assert client.send_mail(account, STRANGER).code == 250


@pytest.mark.lab_releases("bookworm")
def test_without_that_setting_it_is_only_told(guarded: GuardedHost) -> None:
    """A19: the default informs; Dovecot's logins count as well as Postfix's."""
    account = guarded.new_account()
    guarded.daemon.configure()
    for origin in ("DE", "US"):
        with guarded.mailbox(993, guarded.daemon.client(origin)) as reader:
            assert reader.login(account, PASSWORD).ok

    def signals() -> str:
        return guarded.daemon.mailward("stolen", "list", "--account", account).stdout

    await_true(lambda: "impossible journey" in signals(), "the signal", signals)
    with guarded.submission(587, guarded.daemon.client("US"), account) as client:
        assert client.send_mail(account, STRANGER).code == 250


@pytest.mark.lab_releases("bookworm")
def test_an_account_is_blocked_and_released_by_hand(guarded: GuardedHost) -> None:
    """A23: by whoever looks after the server."""
    account = guarded.new_account()
    guarded.daemon.configure()
    guarded.daemon.mailward("block", account, "--why", "a customer called")
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        assert client.mail(account).code == 450
        assert "a customer called" not in client.transcript, "the client need not know why"
        guarded.daemon.mailward("blocked", "release", account)
        assert client.send_mail(account, STRANGER).code == 250
