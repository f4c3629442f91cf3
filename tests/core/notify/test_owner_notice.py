"""An owner learns what happened and what to do, in words for somebody with a mailbox."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from core.notify.language import Language
from core.notify.owner_notice import document
from core.notify.report_document import html, plain
from core.settings.model import Settings
from core.settings.scope import SERVER_SCOPE, Resolved
from tests.core.notify.samples import block

ENGLISH = Language("en", UTC, Path("/nonexistent"))


def _settings(**values: Any) -> Settings:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return Resolved({SERVER_SCOPE: named}).server


def _said(account: str = "bob@example.test", **values: Any) -> str:
    found = document(block(account), _settings(**values), "mx.example.test", ENGLISH)
    return f"{found.subject}\n" + " ".join(plain(found).split())


def test_says_everything_that_is_needed() -> None:
    """B3: what happened, since when, until when, and what to do."""
    found = _said(text__contact="the postmaster")
    for part in (
        "Blocked from sending: bob@example.test\n",
        "more than 150 mails within 5 minutes",
        "1 Mar 2026, 18:00",
        "2 Mar 2026, 00:00",
        "Change the password",
        "ask the postmaster",
        "can still read and receive",
        "mx.example.test",
    ):
        assert part in found, part


def test_knows_no_commands_and_no_settings() -> None:
    """B3: it is no administrator who reads it."""
    found = _said().lower()
    for word in ("mailward ", "notify.", "owner.", "exempt", "release", "smtp", "command"):
        assert word not in found, word


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"send__limit": 1, "send__seconds": 90}, "more than 1 mail within 90 seconds"),
        ({"send__limit": 1000, "send__seconds": 3600}, "more than 1,000 mails within 1 hour"),
        ({"send__unit": "recipients"}, "mail to more than 150 recipients within 5 minutes"),
    ],
)
def test_says_how_much_is_too_much(values: dict[str, Any], said: str) -> None:
    """As it is set."""
    assert said in _said(**values)


@pytest.mark.parametrize(
    ("pages", "link"),
    [("", None), ("https://c.test/x?r=", "https://c.test/x?r=%2Fblocked")],
)
def test_leads_to_the_pages_where_they_are_known(pages: str, link: str | None) -> None:
    """One click, and never to the administrator's."""
    settings = _settings(owner__pages=pages, notify__pages="https://admin.test/")
    found = document(block(), settings, "mx.example.test", ENGLISH)
    assert [s.link.address for s in found.sections if s.link] == ([link] if link else [])


def test_no_name_adds_anything() -> None:
    """Login names and contacts come from outside."""
    hostile = 'bob"><script>\r\nBcc: x@y.test\n\nPay here'
    found = document(block(hostile), _settings(text__contact=hostile), "mx.example.test", ENGLISH)
    assert "\n" not in found.subject
    assert "<script>" not in html(found)
    assert "\nPay here" not in plain(found)
