"""What the daemon calls when an account is blocked."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from core.errors import NoticeError
from core.notify.announce import announce
from core.settings.model import Settings
from core.settings.upkeep import Notify
from tests.core.notify.samples import block


def test_sends_one_notice_to_the_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: one for each block."""
    sent: list[tuple[str, str]] = []

    def submit(message: EmailMessage, recipient: str) -> str:
        sent.append((str(message["Subject"]), recipient))
        return "took it"

    monkeypatch.setattr("core.notify.announce.submit", submit)
    announce(block(), Settings(notify=Notify(address="admin@example.test")))
    assert sent == [("Blocked from sending: bob@example.test", "admin@example.test")]


def test_tells_nobody_while_nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """B4: status warns of it."""
    monkeypatch.setattr("core.notify.announce.submit", None)
    announce(block(), Settings())


def test_a_failure_is_told_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """It becomes a problem in the daemon's status."""

    def submit(*_: object) -> str:
        raise NoticeError("no mail system")

    monkeypatch.setattr("core.notify.announce.submit", submit)
    with pytest.raises(NoticeError, match="no mail system"):
        announce(block(), Settings(notify=Notify(address="admin@example.test")))
