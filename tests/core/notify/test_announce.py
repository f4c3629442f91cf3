"""What the daemon calls when an account is blocked."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from core.errors import NoticeError
from core.notify.announce import announce
from core.settings.model import Settings
from core.settings.upkeep import Notify, Owner
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


def test_speaks_the_language_of_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    """E20."""
    sent: list[str] = []
    monkeypatch.setattr(
        "core.notify.announce.submit", lambda message, _: sent.append(str(message["Subject"]))
    )
    announce(block(), Settings(notify=Notify(address="admin@example.test", language="de")))
    assert sent == ["Für den Versand gesperrt: bob@example.test"]


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


OWNED = Settings(
    notify=Notify(address="admin@example.test"), owner=Owner(address="owner@example.test")
)


@pytest.mark.parametrize(
    ("settings", "recipients"),
    [
        (OWNED, ["admin@example.test", "owner@example.test"]),
        (replace(OWNED, notify=Notify()), ["owner@example.test"]),
        (
            replace(OWNED, owner=Owner(address="owner@example.test", blocked=False)),
            ["admin@example.test"],
        ),
        (replace(OWNED, owner=Owner(address="Admin@example.test")), ["admin@example.test"]),
    ],
)
def test_the_owner_is_told_who_wants_to_be(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, recipients: list[str]
) -> None:
    """B3: who is both gets the administrator's notice only."""
    sent: list[str] = []
    monkeypatch.setattr("core.notify.announce.submit", lambda _, to: sent.append(to))
    announce(block(), settings)
    assert sent == recipients


def test_the_owner_is_told_though_the_administrator_cannot_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And what went wrong is not lost."""
    sent: list[EmailMessage] = []

    def submit(message: EmailMessage, recipient: str) -> str:
        if recipient.startswith("admin"):
            raise NoticeError("no such user")
        sent.append(message)
        return "took it"

    monkeypatch.setattr("core.notify.announce.submit", submit)
    with pytest.raises(NoticeError, match="no such user"):
        announce(block(), OWNED)
    (notice,) = sent
    assert notice["To"] == "owner@example.test"
    assert notice["Precedence"] is None
    text = notice.get_body(("plain",))
    assert text is not None
    assert "Change the password" in text.get_content()
