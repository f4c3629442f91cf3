"""What the daemon calls when an account is blocked."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from core.errors import NoticeError
from core.notify.announce import StolenAccount, announce, announce_stolen
from core.settings.model import Settings
from core.settings.notice import Notify, Owner
from core.store.signal import NotedSignal
from tests.core.notify.samples import block


def test_sends_one_notice_to_the_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: one for each block."""
    sent: list[tuple[str, str]] = []

    def submit(message: EmailMessage, recipient: str) -> str:
        sent.append((str(message["Subject"]), recipient))
        return "took it"

    monkeypatch.setattr("core.notify.submission.submit", submit)
    announce(block(), Settings(notify=Notify(address="admin@example.test")))
    assert sent == [("Blocked from sending: bob@example.test", "admin@example.test")]


def test_speaks_the_language_of_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    """E20."""
    sent: list[str] = []
    monkeypatch.setattr(
        "core.notify.submission.submit", lambda message, _: sent.append(str(message["Subject"]))
    )
    announce(block(), Settings(notify=Notify(address="admin@example.test", language="de")))
    assert sent == ["Für den Versand gesperrt: bob@example.test"]


def test_tells_nobody_while_nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """B4: status warns of it."""
    monkeypatch.setattr("core.notify.submission.submit", None)
    announce(block(), Settings())


def test_a_failure_is_told_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """It becomes a problem in the daemon's status."""

    def submit(*_: object) -> str:
        raise NoticeError("no mail system")

    monkeypatch.setattr("core.notify.submission.submit", submit)
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
    monkeypatch.setattr("core.notify.submission.submit", lambda _, to: sent.append(to))
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

    monkeypatch.setattr("core.notify.submission.submit", submit)
    with pytest.raises(NoticeError, match="no such user"):
        announce(block(), OWNED)
    (notice,) = sent
    assert notice["To"] == "owner@example.test"
    assert notice["Precedence"] is None
    text = notice.get_body(("plain",))
    assert text is not None
    assert "Change the password" in text.get_content()


def test_a_block_by_hand_is_told_to_the_owner_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever blocked knows it already, and the reason is not the mails that were sent."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr("core.notify.submission.submit", lambda mail, _: sent.append(mail))
    by_hand = replace(block(), reason="blocked_by_hand", evidence="a customer called")
    announce(by_hand, OWNED)
    (notice,) = sent
    assert notice["To"] == "owner@example.test"
    text = notice.get_body(("plain",))
    assert text is not None
    assert "a customer called" in " ".join(text.get_content().split())
    assert "newsletter" not in text.get_content()


@pytest.mark.parametrize(
    ("settings", "recipients"),
    [
        (OWNED, ["admin@example.test", "owner@example.test"]),
        (
            replace(OWNED, notify=Notify(address="admin@example.test", stolen=False)),
            ["owner@example.test"],
        ),
        (
            replace(OWNED, owner=Owner(address="owner@example.test", stolen=False)),
            ["admin@example.test"],
        ),
        (replace(OWNED, owner=Owner(address="admin@example.test")), ["admin@example.test"]),
        (
            replace(
                OWNED,
                notify=Notify(address="x@example.test", stolen=False),
                owner=Owner(address="x@example.test"),
            ),
            ["x@example.test"],
        ),
        (Settings(), []),
    ],
)
def test_who_is_told_of_a_stolen_account(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, recipients: list[str]
) -> None:
    """A19: administrator and owner, each as they wish; one mail for whoever is both."""
    sent: list[str] = []
    monkeypatch.setattr("core.notify.submission.submit", lambda _, to: sent.append(to))
    seen = NotedSignal(account="a@example.test", kind="travel", at=0, last=0, evidence="far")
    announce_stolen(StolenAccount("a@example.test", (seen,)), settings)
    assert sent == recipients


def test_who_has_been_told_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """B3, B4: one notice each, however often the other's must be tried."""
    sent: list[str] = []

    def submit(_: EmailMessage, recipient: str) -> str:
        if recipient.startswith("owner"):
            raise NoticeError("no such mailbox")
        sent.append(recipient)
        return "took it"

    monkeypatch.setattr("core.notify.submission.submit", submit)
    with pytest.raises(NoticeError) as first:
        announce(block(), OWNED)
    assert first.value.told == ("admin@example.test",)
    with pytest.raises(NoticeError) as second:
        announce(block(), OWNED, first.value.told)
    assert second.value.told == ()
    assert sent == ["admin@example.test"]
