"""A report is made and mailed when somebody asks for it."""

from __future__ import annotations

import time
from email.message import EmailMessage
from typing import Any

import pytest

from core.desk import report
from core.errors import NoticeError, SettingError, StoreError
from core.notify.report_document import plain
from core.notify.report_period import Every, latest
from tests.core.desk.office import Office


def _set(office: Office, scope: tuple[str, str], **values: Any) -> None:
    with office.store() as store:
        named = {name.replace("__", "."): value for name, value in values.items()}
        store.settings.change(scope, named, "x", 1.0)


@pytest.mark.parametrize(
    ("values", "every", "found"),
    [
        ({}, None, "weekly"),
        ({"notify__report": "off"}, None, "weekly"),
        ({"notify__report": "daily"}, None, "daily"),
        ({"notify__report": "daily"}, "weekly", "weekly"),
    ],
)
def test_is_about_what_is_set_or_asked_for(
    office: Office, values: dict[str, str], every: Every | None, found: Every
) -> None:
    """D10: the last day or week that is over."""
    _set(office, ("server", ""), **values)
    with office.desk() as desk:
        made = report.make(desk, every=every)
    first = latest(found, time.time()).first
    assert f"{first.day} {first:%b}" in made.subject


def test_says_what_needs_a_decision(office: Office) -> None:
    """D10: also while the daemon is down; and not to owners."""
    with office.desk() as desk:
        assert "notify.address" in plain(report.make(desk))
        assert "notify.address" not in plain(report.make(desk, "a.test"))


def test_without_a_store_there_is_nothing_to_tell(office: Office) -> None:
    """The text says why."""
    with pytest.raises(StoreError, match="no store yet"):
        report.make(office.desk_on(None))


@pytest.mark.parametrize(
    ("domain", "recipient"), [("", "admin@example.test"), ("a.test", "o@a.test")]
)
def test_is_mailed_to_whom_it_belongs(
    office: Office, monkeypatch: pytest.MonkeyPatch, domain: str, recipient: str
) -> None:
    """D10: and each is a mail of its own."""
    sent: list[tuple[EmailMessage, str]] = []

    def submit(message: EmailMessage, to: str) -> str:
        sent.append((message, to))
        return "took it"

    monkeypatch.setattr("core.desk.report.submit", submit)
    _set(office, ("server", ""), notify__address="admin@example.test")
    _set(office, ("domain", "a.test"), owner__address="o@a.test")
    with office.desk() as desk:
        found = [report.send(desk, domain) for _ in range(2)]
    assert [to for _, to in sent] == [recipient] * 2
    assert found[0].id != found[1].id
    assert found[0].subject == sent[0][0]["Subject"]
    assert (found[0].recipient, found[0].result) == (recipient, "took it")


@pytest.mark.parametrize(("domain", "name"), [("", "notify.address"), ("a.test", "owner.address")])
def test_an_empty_address_is_named(office: Office, domain: str, name: str) -> None:
    """B4: the setting to set."""
    with office.desk() as desk, pytest.raises(SettingError, match=name):
        report.send(desk, domain)


def test_a_failure_is_passed_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the mail system said."""

    def submit(*_: object) -> str:
        raise NoticeError("Connection refused")

    monkeypatch.setattr("core.desk.report.submit", submit)
    _set(office, ("server", ""), notify__address="admin@example.test")
    with office.desk() as desk, pytest.raises(NoticeError, match="Connection refused"):
        report.send(desk)
