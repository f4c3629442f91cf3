"""A change in words: lists as what came and went, secrets never (E21)."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.audit import AuditEntry
from core.web.pages.system_audit_line import MOST, AuditLine, line
from tests.core.web.rig import Pages

SERVER = ("server", "")


def _line(pages: Pages, name: str, before: Any, after: Any, now: Any = None) -> AuditLine:
    entry = AuditEntry(
        id=1, at=1.0, who="x", why="", scope=SERVER, name=name, before=before, after=after
    )
    with pages.app.test_request_context():
        return line(entry, {SERVER: {name: now}} if now is not None else {})


@pytest.mark.parametrize(
    ("name", "before", "after", "added", "taken"),
    [
        ("country.list", ["AT", "DE"], ["DE", "FR"], ("France",), ("Austria",)),
        ("country.list", None, ["AT"], ("Austria",), ()),
        (
            "exempt.addresses",
            [{"entry": "192.0.2.1"}],
            [{"entry": "192.0.2.1", "comment": "office", "expires": 86400.0}],
            ("192.0.2.1 (office; until 2 Jan 1970)",),
            ("192.0.2.1",),
        ),
        (
            "country.passes",
            [],
            [{"country": "TH", "expires": 86400.0}],
            ("Thailand (until 2 Jan 1970)",),
            (),
        ),
        ("a.newer", [1], [2], ("2",), ("1",)),
    ],
)
def test_lists_tell_what_came_and_went(
    pages: Pages,
    name: str,
    before: Any,
    after: Any,
    added: tuple[str, ...],
    taken: tuple[str, ...],
) -> None:
    found = _line(pages, name, before, after)
    assert (found.added, found.taken) == (added, taken)
    assert (found.before, found.after) == ("", "")


def test_long_lists_are_counted(pages: Pages) -> None:
    entries = [{"entry": f"192.0.2.{number}"} for number in range(100)]
    found = _line(pages, "exempt.addresses", None, entries)
    assert len(found.added) == MOST
    assert found.more == 100 - MOST


def test_secret_is_never_said(pages: Pages) -> None:
    found = _line(pages, "data.maxmind_key", "old-key", "new-key")
    assert "key" not in found.before + found.after


def test_setting_of_another_version_stands_for_itself(pages: Pages) -> None:
    found = _line(pages, "a.newer", 1, "two")
    assert (found.title, found.before, found.after, found.link) == ("a.newer", "1", "two", "")


@pytest.mark.parametrize(("now", "can_undo"), [("allow", True), ("refuse", False), (None, False)])
def test_only_what_nobody_has_changed_since_can_be_taken_back(
    pages: Pages, now: str | None, can_undo: bool
) -> None:
    assert _line(pages, "country.mode", "off", "allow", now).can_undo is can_undo
