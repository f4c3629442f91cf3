"""The Exim hook on the real Exim of each release: whom the real daemon is asked about, and when.

How it comes and goes is in `test_hooks_exim_change.py`, what it makes of a daemon that is away in
`test_hooks_exim_failure.py`, and mail of scripts in `test_hooks_exim_script.py`.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from tests.lab.daemon import CONTACT, told
from tests.lab.exim_guarded import SENT, chunked, pipelined
from tests.lab.guarded_host import ALICE, FAMILIES, PASSWORD, STRANGER
from tests.lab.release import EXIMS

if TYPE_CHECKING:
    from tests.lab.exim_guarded import GuardedExim

pytestmark = [pytest.mark.lab, pytest.mark.lab_releases(*EXIMS)]

AMERICA_ONLY = {"country.mode": "allow", "country.list": ["US"]}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("origin", ["RU", "attacker"])
@pytest.mark.proves("connect", of="exim")
def test_587_hangs_up_before_a_password_can_be_said(
    exim: GuardedExim, origin: str, family: int
) -> None:
    """A1, A4"""
    source = exim.daemon.client(origin, family)
    with exim.smtp(587, source) as client:
        assert client.greeting.code == 550
        assert client.greeting.text.startswith("5.7.1 ")
        assert CONTACT in client.greeting.text
        assert client.receive() is None, "it has hung up"
    (event,) = exim.daemon.events(address=source)
    assert (event.stage, event.verdict, event.service) == ("connect", "deny", "submission")


@pytest.mark.proves("connect", of="exim")
def test_465_hangs_up_too(exim: GuardedExim) -> None:
    """A1: since 4.97 before there is TLS, so without a text (facts/mta_hooks.md 1.4)."""
    source = exim.daemon.client("RU")
    if exim.machine.release.codename == "trixie":
        with pytest.raises((ssl.SSLError, ConnectionError)):
            exim.smtp(465, source)
    else:
        with exim.smtp(465, source) as client:
            assert client.greeting.code == 550
    (event,) = exim.daemon.events(address=source)
    assert (event.verdict, event.service) == ("deny", "smtps")


@pytest.mark.proves("connect", of="exim")
def test_25_takes_everybodys_mail_and_no_password_from_there(exim: GuardedExim) -> None:
    """A1: asked once, however often it is tried."""
    source = exim.daemon.client("RU")
    with exim.smtp(25, source) as client:
        client.ehlo()
        for _ in range(2):
            answer = client.auth_plain(ALICE, PASSWORD)
            assert answer.code // 100 == 5
            assert "5.7.1" in answer.text
        assert client.send_mail(STRANGER, ALICE).code == 250
    (event,) = exim.daemon.events(address=source)
    assert told([event]) == [("connect", "deny", "country")]
    with exim.submission(25, exim.daemon.client("DE"), ALICE) as client:
        assert client.send_mail(ALICE, STRANGER).code == 250


@pytest.mark.parametrize("port", [587, 465, 25])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.proves("login", "send", of="exim")
def test_who_may_logs_in_and_sends(exim: GuardedExim, port: int, family: int) -> None:
    """A3, B9: each question once; many recipients are one mail."""
    account, source = exim.new_account(), exim.daemon.client("DE", family)
    with exim.submission(port, source, account) as client:
        assert client.send_mail(account, STRANGER, ALICE, "x@elsewhere.test").code == 250
    events = exim.daemon.events(address=source)
    assert told(events) == [
        ("connect", "allow", "nothing_against"),
        ("auth", "allow", "nothing_against"),
        SENT,
    ]
    assert {event.service for event in events} == {
        {587: "submission", 465: "smtps", 25: "smtp"}[port]
    }
    assert (events[2].account, events[2].recipients) == (account, 3)
    assert f"{events[2].queue_id} <= {account}" in exim.exim.log_text()


@pytest.mark.proves("login", of="exim")
def test_an_account_that_may_not_from_there_is_told_at_mail(exim: GuardedExim) -> None:
    """A3: its own settings, once it is known who it is; and a change counts at once."""
    account, source = exim.new_account(), exim.daemon.client("DE")
    exim.daemon.configure(scopes={account: AMERICA_ONLY})
    with exim.submission(587, source, account) as client:
        answer = client.mail(account)
        assert answer.code == 550
        assert "5.7.1" in answer.text
        exim.daemon.configure()
        assert client.send_mail(account, STRANGER).code == 250
    with exim.submission(587, source, ALICE) as client:
        assert client.mail(ALICE).code == 250


@pytest.mark.proves("send", of="exim")
def test_150_mails_pass_and_the_151st_blocks_the_account(exim: GuardedExim) -> None:
    """B1: of one account, over several sessions and services, in pipelines and in pieces."""
    account, source = exim.new_account(), exim.daemon.client("DE")
    with exim.submission(587, source, account) as client:
        ends = pipelined(client, account, 140)
        for port in (465, 25):
            with exim.submission(port, source, account) as other:
                other.ehlo()
                ends += pipelined(other, account, 4)
                ends.append(chunked(other, account, STRANGER, ALICE))
        assert [end.code for end in ends] == [250] * 150
        (last,) = pipelined(client, account, 1)
        assert last.code == 451
        assert last.text.startswith("4.7.1 ")
        assert account in last.text
        assert CONTACT in last.text
        answer = client.mail(account)
        assert (answer.code, answer.text[:6]) == (451, "4.7.1 "), "in the same session"
    with exim.submission(465, source, account) as client:
        assert client.mail(account).code == 451
    sent = exim.daemon.events(account=account, stage="send")
    assert told(sent) == [SENT] * 150 + [("send", "defer", "send_limit")]
    with exim.submission(587, source, exim.new_account()) as client:
        assert client.send_mail(ALICE, STRANGER).code == 250, "nobody else is blocked"


def test_who_is_exempt_sends_on(exim: GuardedExim) -> None:
    """B5; and an address that is exempt comes in from anywhere."""
    account, source = exim.new_account(), exim.daemon.client("RU")
    exim.daemon.configure(
        {
            "send.limit": 1,
            "exempt.send": [{"entry": account}],
            "exempt.addresses": [{"entry": source}],
        }
    )
    with exim.submission(587, source, account) as client:
        assert [end.code for end in pipelined(client, account, 4)] == [250] * 4
