"""A test notice goes the way of a real one."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from core.errors import NoticeError
from tests.core.cli.desk import Desk


def test_says_what_happened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: sender, recipient, id and the mail system's answer."""
    sent: list[tuple[EmailMessage, str]] = []

    def submit(message: EmailMessage, recipient: str) -> str:
        sent.append((message, recipient))
        return "the mail server took it: 250 queued as 4ABC"

    monkeypatch.setattr("core.desk.trial_notice.submit", submit)
    desk("set", "notify.address", "admin@example.test")
    page = desk("test-notice").stdout
    message, recipient = sent[0]
    assert recipient == "admin@example.test"
    assert str(message["Subject"]).startswith("Test: ")
    assert "Nobody is blocked" in message.get_content()
    assert str(message["Message-ID"]) in page
    assert "250 queued as 4ABC" in page


def test_a_failure_is_trouble_with_the_mail_system(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 5, with what the mail system said."""

    def submit(*_: object) -> str:
        raise NoticeError("127.0.0.1:25: Connection refused")

    monkeypatch.setattr("core.desk.trial_notice.submit", submit)
    desk("set", "notify.address", "admin@example.test")
    assert "Connection refused" in desk("test-notice", code=5).stderr


def test_an_empty_address_is_named(desk: Desk) -> None:
    """B4: the setting to set."""
    assert "notify.address" in desk("test-notice", code=4).stderr
