"""Settings are shown on one line, and secrets never."""

from __future__ import annotations

import pytest

from core.desk.values import MASK, document, shown
from core.settings import fields


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("send.limit", 150, "150"),
        ("connect.enabled", True, "yes"),
        ("connect.enabled", False, "no"),
        ("country.list", ["AT", "DE"], "AT, DE"),
        ("country.list", [], "none"),
        ("notify.address", "", "empty"),
        ("exempt.send", [{"entry": "news@x.test", "comment": "list"}], "news@x.test (list)"),
        ("exempt.addresses", [{"entry": "AS1"}], "AS1"),
        ("data.maxmind_key", "abcdef", MASK),
        ("data.maxmind_key", "", "empty"),
    ],
)
def test_one_line_each(name: str, value: object, line: str) -> None:
    """E19: values as people say them."""
    assert shown(name, fields.check(name, value)) == line


def test_what_is_not_set_says_so() -> None:
    """Changes begin and end there."""
    assert shown("send.limit", None) == "not set"


def test_an_entry_that_ended_says_so() -> None:
    """A16: an exemption that is over is still in the list."""
    over = fields.check("exempt.addresses", [{"entry": "192.0.2.1", "expires": 1_000}])
    lasting = fields.check("exempt.addresses", [{"entry": "192.0.2.1", "expires": 1e10}])
    assert "expired 1970" in shown("exempt.addresses", over)
    assert "until 2286" in shown("exempt.addresses", lasting)


@pytest.mark.parametrize("name", [name for name, field in fields.FIELDS.items() if field.secret])
def test_documents_mask_secrets(name: str) -> None:
    """A status mail must not carry a licence key."""
    assert document(name, "geheim") == MASK
    assert document(name, "") == ""
