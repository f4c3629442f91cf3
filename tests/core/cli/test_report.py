"""The report on the command line: what it will say, and mail it now."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from core.errors import NoticeError
from tests.core.cli.desk import Desk


def test_shows_what_is_mailed(desk: Desk) -> None:
    """D10: without mailing anything."""
    desk("set", "notify.language", "en")
    page = desk("report", "show").stdout
    assert "In numbers" in page
    assert "notify.address" in page
    day = desk("report", "show", "--period", "daily").stdout
    assert day.splitlines()[0] != page.splitlines()[0]


def test_shows_an_owners(desk: Desk) -> None:
    """D10: of their domain, in its language."""
    desk("set", "--domain", "a.test", "notify.language", "de")
    assert "a.test" in desk("report", "show", "--domain", "A.test").stdout
    page = desk("report", "show", "--domain", "a.test", "--html").stdout
    assert page.startswith("<!DOCTYPE html>\n")
    assert '<html lang="de">' in page


def test_mails_one_now(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """D10: and says what the mail system says."""
    sent: list[tuple[EmailMessage, str]] = []

    def submit(message: EmailMessage, recipient: str) -> str:
        sent.append((message, recipient))
        return "the mail server took it: 250 queued as 4ABC"

    monkeypatch.setattr("core.desk.report.submit", submit)
    desk("set", "--domain", "a.test", "owner.address", "o@a.test")
    page = desk("report", "send", "--domain", "a.test", "--period", "daily").stdout
    ((message, recipient),) = sent
    assert recipient == "o@a.test"
    assert str(message["Message-ID"]) in page
    assert "250 queued as 4ABC" in page


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("report", "send"), 4, "notify.address"),
        (("report", "send", "--domain", "a.test"), 4, "owner.address"),
        (("report", "show", "--domain", ""), 2, "empty"),
        (("report", "show", "--domain", "a@b.test"), 4, "no domain"),
        (("report", "show", "--period", "hourly"), 2, "hourly"),
    ],
)
def test_mistakes_are_named(desk: Desk, words: tuple[str, ...], code: int, said: str) -> None:
    """And nothing is mailed."""
    desk("set", "notify.language", "en")
    assert said in desk(*words, code=code).stderr


def test_a_failure_is_trouble_with_the_mail_system(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 5."""

    def submit(*_: object) -> str:
        raise NoticeError("127.0.0.1:25: Connection refused")

    monkeypatch.setattr("core.desk.report.submit", submit)
    desk("set", "notify.address", "admin@example.test")
    assert "Connection refused" in desk("report", "send", code=5).stderr


def test_before_anything_is_set_there_is_nothing_to_tell(desk: Desk) -> None:
    """One line, and no traceback."""
    assert "no store yet" in desk("report", "show", code=5).stderr
