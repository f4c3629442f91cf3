"""A test notice goes the way of a real one."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from core.desk import trial_notice
from core.errors import NoticeError, SettingError
from tests.core.desk.office import Office


def _set_address(office: Office) -> None:
    with office.store() as store:
        values = {"notify.address": "admin@example.test"}
        store.settings.change(("server", ""), values, "x", 1.0)


def test_says_what_was_sent_and_what_was_answered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: enough to find it in the mail log."""
    messages: list[EmailMessage] = []

    def submit(message: EmailMessage, recipient: str) -> str:
        messages.append(message)
        return "the mail server took it: 250 queued as 4ABC"

    monkeypatch.setattr("core.desk.trial_notice.submit", submit)
    _set_address(office)
    with office.desk() as desk:
        sent = trial_notice.send(desk)
    assert (sent.recipient, sent.id) == ("admin@example.test", messages[0]["Message-ID"])
    assert sent.result.endswith("250 queued as 4ABC")
    assert "151 messages within 300 seconds" in messages[0].get_content()


def test_a_failure_is_passed_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the mail system said."""

    def submit(*_: object) -> str:
        raise NoticeError("127.0.0.1:25: Connection refused")

    monkeypatch.setattr("core.desk.trial_notice.submit", submit)
    _set_address(office)
    with office.desk() as desk, pytest.raises(NoticeError, match="Connection refused"):
        trial_notice.send(desk)


def test_an_empty_address_is_named(office: Office) -> None:
    """B4: the setting to set."""
    with pytest.raises(SettingError, match=r"notify\.address"):
        trial_notice.send(office.desk_on(None))
