"""One setting in one scope: what counts, and where it comes from."""

from __future__ import annotations

import pytest

from core.desk.setting import all_seen, seen
from core.desk.values import MASK
from core.settings.fields import FIELDS
from core.settings.scope import SERVER_SCOPE, Resolved, Scope

DOMAIN = Scope("domain", "example.test")
MAILBOX = Scope("mailbox", "bob@example.test")
RULES = Resolved(
    {
        SERVER_SCOPE: {"send.limit": 200, "data.maxmind_key": "geheim"},
        DOMAIN: {"send.limit": 20},
    }
)


@pytest.mark.parametrize(
    ("scope", "shown", "origin", "own"),
    [
        (SERVER_SCOPE, "200", "server", True),
        (DOMAIN, "20", "domain example.test", True),
        (MAILBOX, "20", "domain example.test", False),
        (Scope("domain", "other.test"), "200", "server", False),
    ],
)
def test_tells_where_a_value_comes_from(scope: Scope, shown: str, origin: str, own: bool) -> None:
    """A13: mailbox over domain over server."""
    found = seen(RULES, scope, "send.limit")
    assert (found.shown, found.origin_in_words, found.is_own) == (shown, origin, own)


def test_defaults_are_nobodys_own() -> None:
    """E6: a form shows that nothing is set."""
    found = seen(RULES, SERVER_SCOPE, "send.seconds")
    assert (found.document, found.origin_in_words, found.is_own) == (300, "default", False)


def test_secrets_are_masked() -> None:
    """On a page as in a document."""
    found = seen(RULES, SERVER_SCOPE, "data.maxmind_key")
    assert (found.shown, found.document) == (MASK, MASK)


def test_all_settings_are_seen() -> None:
    """In the order of the model."""
    assert [each.field.name for each in all_seen(RULES, MAILBOX)] == list(FIELDS)
