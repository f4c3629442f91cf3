"""Postfix that our hook guards, with a stand-in for the daemon, and what its tests have alike."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from core.mta.postfix import PostfixHook
from core.system.host import Host
from tests.lab.client import SmtpDialogue
from tests.lab.dovecot import PASSWORD
from tests.lab.policy_stand_in import PolicyStandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.lab.mail_host import MailHost

ALICE, ELSEWHERE = "alice@example.test", "someone@elsewhere.test"
ENDPOINT = "unix:/var/spool/postfix/mailward/policy.sock"
REFUSAL = "REJECT 5.7.1 not today"
QUICK = 0.8
"""Seconds that still count as no delay, on a busy machine; a second is the shortest real one."""

TIMEOUT = (1.8, 3.0)
"""Seconds, at least and at most, for the one timeout of two."""


class Guarded:
    """A mail host, a stand-in for the daemon, and the hook between them."""

    def __init__(self, host: MailHost, state: Path) -> None:
        self.host = host
        self.state = state
        self.policy = PolicyStandIn(host.postfix.policy_socket)
        self.hook = PostfixHook(Host(host.root), ENDPOINT, state)

    @property
    def files(self) -> tuple[bytes, bytes]:
        folder = self.host.root / "etc/postfix"
        return (folder / "main.cf").read_bytes(), (folder / "master.cf").read_bytes()

    def confirm(self) -> None:
        self.hook.probe(self.policy.asked)

    def install(self) -> None:
        assert self.hook.plan().apply(self.confirm) is True

    def undo(self) -> tuple[str, ...]:
        before = self.host.postfix.generation()
        plan = self.hook.recorded()
        assert plan is not None
        assert plan.undo() is True
        self.host.postfix.await_reloaded(before)
        return plan.left

    def connect(self, name: str = "submission") -> SmtpDialogue:
        port = {"submission": 587, "submissions": 465, "smtp": 25}[name]
        tls = name == "submissions"
        return SmtpDialogue(self.host.postfix.ports[name], "203.0.113.5", port, tls=tls)

    def log_in(self) -> SmtpDialogue:
        client = self.connect()
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235, client.transcript
        return client


@pytest.fixture(name="guarded")
def guarded_postfix(own_mail_host: MailHost, tmp_path: Path) -> Iterator[Guarded]:
    found = Guarded(own_mail_host, tmp_path / "state")
    with found.policy:
        yield found


@pytest.fixture(name="shared", scope="module")
def shared_postfix(
    mail_host: MailHost, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    """For tests that leave everything as they found it."""
    found = Guarded(mail_host, tmp_path_factory.mktemp("hooks"))
    with found.policy:
        yield found


def single(guarded: Guarded) -> Guarded:
    """With one smtpd process for submission, so that it is the same one that must heal."""
    path = guarded.host.root / "etc/postfix/master.cf"
    text = path.read_text()
    row = "submission inet n       -       y       -       {}       smtpd"
    assert row.format("-") in text
    path.write_text(text.replace(row.format("-"), row.format("1")))
    guarded.install()
    return guarded


def took(act: Callable[[], object]) -> float:
    begin = time.monotonic()
    act()
    return time.monotonic() - begin
