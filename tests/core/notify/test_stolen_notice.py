"""Whoever is told of a stolen account learns what was seen, and what to do."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from core.notify.announce import StolenAccount
from core.notify.language import Language
from core.notify.report_document import html, plain
from core.notify.stolen_notice import document
from core.settings.model import Settings
from core.settings.scope import SERVER_SCOPE, Resolved
from core.store.signal import NotedSignal
from core.words import SignalKind
from tests.core.notify.samples import block

ENGLISH = Language("en", UTC, Path("/nonexistent"))

NOON = 1_767_268_800.0


def _news(account: str = "bob@example.test", **more: Any) -> StolenAccount:
    seen = NotedSignal(
        account=account,
        kind=SignalKind.TRAVEL,
        at=NOON,
        last=NOON,
        evidence="Vietnam (203.0.113.7) 30 minutes after Germany (198.51.100.7)",
        countries=("VN",),
    )
    return StolenAccount(account, (seen,), **more)


def _said(news: StolenAccount, *, is_owner: bool, **values: Any) -> str:
    named = {name.replace("__", "."): value for name, value in values.items()}
    settings = Resolved({SERVER_SCOPE: named}).server
    found = document(news, settings, "mx.example.test", ENGLISH, is_owner=is_owner)
    return f"{found.subject}\n" + " ".join(plain(found).split())


@pytest.mark.parametrize("is_owner", [True, False])
def test_says_what_was_seen(is_owner: bool) -> None:
    """A19: the evidence is in the mail."""
    found = _said(_news(), is_owner=is_owner)
    for part in (
        "Perhaps stolen: bob@example.test\n",
        "impossible journey",
        "Vietnam (203.0.113.7) 30 minutes after Germany (198.51.100.7)",
        "1 Jan 2026, 12:00",
        "Nothing was blocked.",
        "mx.example.test",
    ):
        assert part in found, part


def test_says_that_the_account_is_blocked() -> None:
    found = _said(_news(block=block()), is_owner=True)
    assert "may not send mail until 2 Mar 2026, 00:00" in found
    assert "Nothing was blocked" not in found


def test_an_owner_reads_no_commands() -> None:
    """B3: it is no administrator who reads it."""
    found = _said(_news(), is_owner=True, text__contact="the postmaster")
    assert "change the password" in found
    assert "tell the postmaster" in found
    assert "mailward " not in found


def test_an_administrator_reads_commands_that_can_be_copied() -> None:
    """Whatever stands in the account's name."""
    found = _said(_news("o'neil@example.test"), is_owner=False)
    for command in (
        "mailward events --account",
        "mailward password-changed",
        "mailward stolen close --owner",
        "mailward block",
    ):
        assert f"{command} 'o'\"'\"'neil@example.test'" in found
    assert "mailward block" not in _said(_news(block=block()), is_owner=False)
    assert "mailward block -- -rf@example.test" in _said(_news("-rf@example.test"), is_owner=False)


@pytest.mark.parametrize(
    ("is_owner", "base"), [(True, "https://owners.test/m"), (False, "https://admin.test/?page=")]
)
def test_links_to_the_page_that_acts(is_owner: bool, base: str) -> None:
    """A23: each to the own pages, and only where they are known."""
    name = "owner.pages" if is_owner else "notify.pages"
    settings = Resolved({SERVER_SCOPE: {name: base}}).server
    found = document(_news(), settings, "mx", ENGLISH, is_owner=is_owner)
    link = found.sections[-1].link
    assert link is not None
    assert link.address.startswith(base)
    assert "bob" in link.address.partition("stolen")[2]
    assert link.address.partition("https://")[2] in html(found).replace("&amp;", "&")
    without = document(_news(), Settings(), "mx", ENGLISH, is_owner=is_owner)
    assert without.sections[-1].link is None


def test_a_kind_of_another_version_stands_for_itself() -> None:
    seen = NotedSignal(account="a@b", kind="telepathy", at=0, last=0, evidence="it\nknew")
    found = _said(StolenAccount("a@b", (seen,)), is_owner=False)
    assert "telepathy" in found
