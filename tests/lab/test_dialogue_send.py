"""Dialogues of people who send much: the window, the block, its release, and what outlives what."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.lab.client import SmtpReply
from tests.lab.daemon import CONTACT, told
from tests.lab.guarded_host import ALICE, BOB, PASSWORD, STRANGER, GuardedHost
from tests.lab.readiness import await_true

if TYPE_CHECKING:
    from tests.lab.client import SmtpDialogue

pytestmark = pytest.mark.lab

SENT = ("send", "allow", "nothing_against")
TRIPPED = ("send", "defer", "send_limit")
BLOCKED = ("auth", "defer", "account_blocked")


def pipelined(client: SmtpDialogue, account: str, messages: int) -> list[SmtpReply]:
    """Send messages as a mail program in a hurry does (RFC 2920); the answers to their ends."""
    ends = []
    for _ in range(messages):
        client.send(f"MAIL FROM:<{account}>\r\nRCPT TO:<{STRANGER}>\r\nDATA")
        answers = [client.reply() for _ in range(3)]
        assert [answer.code for answer in answers] == [250, 250, 354], client.transcript
        ends.append(client.command("Subject: one of many\r\n\r\nBuy!\r\n."))
    return ends


def mail_again(client: SmtpDialogue, account: str) -> SmtpReply:
    """Begin a mail after a refused one: Postfix 3.5 and 3.7 keep its transaction, 3.10 does not."""
    assert client.command("RSET").code == 250
    return client.mail(account)


def send_again(client: SmtpDialogue, account: str) -> int:
    """A whole mail after a refused one; the code of its last answer."""
    assert client.command("RSET").code == 250
    return client.send_mail(account, STRANGER).code


def send(guarded: GuardedHost, port: int, account: str, messages: int = 1) -> list[int]:
    """Send messages in one session from Germany; the code of each one's last answer."""
    with guarded.submission(port, guarded.daemon.client("DE"), account) as client:
        return [send_again(client, account) for _ in range(messages)]


def spend(guarded: GuardedHost, account: str, limit: int) -> None:
    """Send up to the limit, and the one mail more that blocks the account."""
    codes = send(guarded, 587, account, limit + 1)
    assert codes == [250] * limit + [450]


@pytest.mark.lab_releases("bookworm")
@pytest.mark.proves("send", of="postfix")
def test_150_mails_pass_and_the_151st_blocks_the_account(guarded: GuardedHost) -> None:
    """B1, A27; vector 8: with the default settings, over several sessions of three services."""
    account, other = guarded.new_account(), guarded.new_account()
    source = guarded.daemon.client("DE", 6)
    with guarded.submission(587, source, account) as client:
        ends = pipelined(client, account, 60)
        for port in (465, 25, 465, 25, 587, 465, 25, 465, 25):
            with guarded.submission(port, source, account) as one_of_many:
                ends += pipelined(one_of_many, account, 10)
        assert [end.code for end in ends] == [250] * 150
        (last,) = pipelined(client, account, 1)
        assert last.code == 450
        assert "4.7.1" in last.text
        assert account in last.text
        assert CONTACT in last.text
        assert mail_again(client, account).code == 450, "in the same session"
    for port, at_mail in ((587, 450), (465, 450), (25, 250)):
        with guarded.submission(port, source, account) as client:
            answer = client.mail(account)
            assert answer.code == at_mail
            if port == 25:
                answer = client.rcpt(STRANGER)
            assert answer.code == 450
            assert CONTACT in answer.text
    with guarded.mailbox(143, source) as reader:
        assert reader.login(account, PASSWORD).ok, "it may still read"
    assert send(guarded, 587, other) == [250]
    sent = guarded.daemon.events(account=account, stage="send")
    assert told(sent) == [SENT] * 150 + [TRIPPED]
    assert {event.service for event in sent} == {"submission", "smtps", "smtp"}
    assert sent[150].at - sent[0].at < 300, "all within one window"
    listed = json.loads(guarded.daemon.mailward("blocked", "list", "--json").stdout)
    (block,) = [each for each in listed["blocked"] if each["account"] == account]
    assert block["until"] - block["started"] == 21_600
    assert block["started"] == pytest.approx(sent[150].at, abs=1)


@pytest.mark.lab_releases("bookworm")
def test_a_limit_that_no_window_holds_is_never_passed(guarded: GuardedHost) -> None:
    """B1, B2; vector 9: more mails than the limit, but never within one window."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 2, "send.seconds": 1})
    for _ in range(3):
        begun = time.monotonic()
        assert send(guarded, 587, account, 2) == [250, 250]
        await_true(lambda: time.monotonic() > begun + 1.5, "the window's end", str)  # noqa: B023  awaited here
    assert send(guarded, 587, account, 3) == [250, 250, 450]


def test_the_mail_past_the_limit_is_refused_for_now_and_blocks_the_account(
    guarded: GuardedHost,
) -> None:
    """B1, B2, A27: not taken into the queue; the next one is refused before it is sent."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 3})
    source = guarded.daemon.client("DE")
    with guarded.submission(587, source, account) as client:
        assert [client.send_mail(account, STRANGER).code for _ in range(3)] == [250] * 3
        answer = client.send_mail(account, STRANGER)
        assert answer.code == 450
        assert "4.7.1" in answer.text
        assert CONTACT in answer.text
        assert mail_again(client, account).code == 450
        assert client.mail(account).code == 450
    assert client.transcript.count("queued as") == 3
    with guarded.mailbox(993, source) as reader:
        assert reader.login(account, PASSWORD).ok
    events = guarded.daemon.events(address=source, account=account)
    expected = [("auth", "allow", "nothing_against"), SENT, SENT, SENT, TRIPPED, BLOCKED]
    assert told(events)[:6] == expected
    assert send(guarded, 465, guarded.new_account()) == [250], "nobody else is blocked"


@pytest.mark.lab_releases("bookworm")
def test_a_block_may_refuse_for_good(guarded: GuardedHost) -> None:
    """A27: switchable."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 1, "send.answer": "permanent"})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        assert client.send_mail(account, STRANGER).code == 250
        for answer in (client.send_mail(account, STRANGER), mail_again(client, account)):
            assert answer.code == 554
            assert "5.7.1" in answer.text


def test_a_released_account_sends_at_once(guarded: GuardedHost) -> None:
    """B6, E15: `mailward blocked release`; it starts afresh, in a session that was refused, too."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 2})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        for _ in range(3):
            client.send_mail(account, STRANGER)
        assert mail_again(client, account).code == 450
        assert account in guarded.daemon.blocked()
        guarded.daemon.mailward("blocked", "release", account)
        assert [client.send_mail(account, STRANGER).code for _ in range(2)] == [250] * 2
        assert client.send_mail(account, STRANGER).code == 450


@pytest.mark.lab_releases("bookworm")
def test_the_release_of_an_account_that_is_not_blocked_says_so(guarded: GuardedHost) -> None:
    """B6, E15."""
    answer = guarded.daemon.mailward("blocked", "release", guarded.new_account(), check=False)
    assert answer.returncode == 1
    assert "was not blocked" in answer.stdout


@pytest.mark.lab_releases("bookworm")
def test_attempts_do_not_make_a_block_longer(guarded: GuardedHost) -> None:
    """B1: six hours from the mail that tripped it."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 1, "send.block_seconds": 3600})
    spend(guarded, account, 1)
    blocks = guarded.daemon.control.call("blocks")["blocked"]
    (before,) = [block["until"] for block in blocks if block["account"] == account]
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        assert {client.mail(account).code for _ in range(5)} == {450}
    blocks = guarded.daemon.control.call("blocks")["blocked"]
    assert [block["until"] for block in blocks if block["account"] == account] == [before]


@pytest.mark.lab_releases("bookworm")
@pytest.mark.proves("send", of="postfix")
def test_a_block_ends_by_itself(guarded: GuardedHost) -> None:
    """B1, B2."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 1, "send.block_seconds": 1})
    spend(guarded, account, 1)
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        guarded.daemon.await_unblocked(account)
        assert client.send_mail(account, STRANGER).code == 250


@pytest.mark.lab_releases("bookworm")
@pytest.mark.parametrize("entry", ["account", "domain"])
def test_an_exempt_sender_has_no_limit(guarded: GuardedHost, entry: str) -> None:
    """B5: newsletters."""
    account = guarded.new_account("customer.test")
    who = account if entry == "account" else "customer.test"
    guarded.daemon.configure({"send.limit": 2, "exempt.send": [{"entry": who}]})
    assert send(guarded, 587, account, 6) == [250] * 6


def test_a_blocked_account_that_becomes_exempt_sends_at_once(guarded: GuardedHost) -> None:
    """B5, E15; vector 10: `mailward exempt add --send`."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 1})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        client.send_mail(account, STRANGER)
        client.send_mail(account, STRANGER)
        assert mail_again(client, account).code == 450
        guarded.daemon.mailward("exempt", "add", "--send", account)
        assert [client.send_mail(account, STRANGER).code for _ in range(4)] == [250] * 4


def test_recipients_count_where_that_is_set(guarded: GuardedHost) -> None:
    """B9: each accepted recipient of a mail."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 5, "send.unit": "recipients"})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        assert client.send_mail(account, STRANGER, ALICE, BOB).code == 250
        assert client.send_mail(account, STRANGER, ALICE).code == 250
        assert client.send_mail(account, STRANGER).code == 450


@pytest.mark.lab_releases("bookworm")
def test_a_mail_with_many_recipients_is_one_message(guarded: GuardedHost) -> None:
    """B1, B9: the default unit."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 2})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        many = [f"reader{number}@elsewhere.test" for number in range(30)]
        assert [client.send_mail(account, *many).code for _ in range(3)] == [250, 250, 450]


@pytest.mark.lab_releases("bookworm")
def test_a_domain_may_have_a_limit_of_its_own(guarded: GuardedHost) -> None:
    """B8."""
    account, other = guarded.new_account("customer.test"), guarded.new_account()
    guarded.daemon.configure({"send.limit": 4}, scopes={"customer.test": {"send.limit": 2}})
    assert send(guarded, 587, account, 3) == [250, 250, 450]
    assert send(guarded, 587, other, 5) == [250] * 4 + [450]


@pytest.mark.lab_releases("bookworm")
def test_a_watched_window_blocks_nobody(guarded: GuardedHost) -> None:
    """A20, B1: the journal says who would have been blocked."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 2, "send.watch": True})
    assert send(guarded, 587, account, 4) == [250] * 4
    events = guarded.daemon.events(account=account, stage="send")
    assert [event.would for event in events] == ["", "", "send_limit", "send_limit"]
    assert account not in guarded.daemon.blocked()


@pytest.mark.lab_releases("bookworm")
def test_mail_from_outside_is_never_counted(guarded: GuardedHost) -> None:
    """B1: whoever writes to us, and in whose name ever."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 1})
    with guarded.smtp(25, guarded.daemon.client("RU")) as client:
        client.ehlo()
        assert [client.send_mail(account, ALICE).code for _ in range(4)] == [250] * 4
    assert send(guarded, 587, account) == [250]


@pytest.mark.lab_releases("bookworm")
def test_one_account_has_one_window_however_it_writes_its_name(guarded: GuardedHost) -> None:
    """B1: letters of either size are one account to Dovecot."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 2})
    assert send(guarded, 587, account) == [250]
    assert send(guarded, 587, account.upper()) == [250]
    assert send(guarded, 587, account.capitalize()) == [450]
    assert guarded.daemon.blocked() >= {account}


@pytest.mark.lab_releases("bookworm")
@pytest.mark.proves("send", of="postfix")
def test_the_window_is_exact_when_many_sessions_send_at_once(guarded: GuardedHost) -> None:
    """B1, B7: all processes of the mail server share it."""
    account, limit = guarded.new_account(), 20
    guarded.daemon.configure({"send.limit": limit})
    ports = (587, 465, 25, 587, 465, 25)
    with ThreadPoolExecutor(len(ports)) as people:
        codes = [
            code
            for found in people.map(lambda port: send(guarded, port, account, 6), ports)
            for code in found
        ]
    assert sorted(codes) == [250] * limit + [450] * (len(codes) - limit)


@pytest.mark.proves("send", of="postfix")
def test_a_block_outlives_a_killed_daemon(guarded: GuardedHost) -> None:
    """B7: it was durable before the refusal left; and it ends when it would have ended."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 2})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        codes = [client.send_mail(account, STRANGER).code for _ in range(3)]
        guarded.daemon.kill()
        assert codes == [250, 250, 450]
        guarded.daemon.start()
        assert mail_again(client, account).code == 450
    blocks = guarded.daemon.control.call("blocks")["blocked"]
    (block,) = [block for block in blocks if block["account"] == account]
    assert block["until"] - block["started"] == 21_600
    with guarded.submission(465, guarded.daemon.client("US", 6), account) as client:
        assert client.mail(account).code == 450


def test_windows_outlive_a_clean_restart(guarded: GuardedHost) -> None:
    """B7: nobody gets a second window because of an upgrade."""
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 4})
    assert send(guarded, 587, account, 3) == [250] * 3
    guarded.daemon.restart()
    assert send(guarded, 587, account, 2) == [250, 450]
