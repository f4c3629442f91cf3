"""Values in words."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from core.settings.about import Unit
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.settings_form_words import UNITS, place, words
from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("send.limit", 1500, "1,500 mails"),
        ("send.limit", 1, "1 mail"),
        ("send.seconds", 300, "5 minutes"),
        ("send.seconds", 90, "90 seconds"),
        ("send.block_seconds", 3600, "1 hour"),
        ("keep.event_days", 30, "30 days"),
        ("send.watch", True, "on"),
        ("send.unit", "recipients", "recipients of mails"),
        ("network.cloud", "watch", "watch only"),
        ("country.server", "auto", "detected"),
        ("country.server", "AT", "Austria"),
        ("country.list", ["DE", "AT"], "Germany, Austria"),
        ("country.list", (), "none"),
        ("country.list", list("ABCDEFGH"), "A, B, C, D, E, F and 2 more"),
        ("exempt.send", [{"entry": "a.example"}], "1 entry"),
        ("text.contact", "a\nb", "a\\nb"),
        ("notify.address", "", "empty"),
        ("notify.address", None, "not set"),
        ("data.ipinfo_token", "geheim", "********"),
        ("send.unit", {"damaged": "x"}, "{'damaged': 'x'}"),
        ("of.tomorrow", 7, "7"),
    ],
)
def test_words(pages: Pages, name: str, value: Any, said: str) -> None:
    with pages.app.test_request_context():
        assert words(name, value) == said


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (None, "default"),
        (SERVER_SCOPE, "the server"),
        (Scope("domain", "a.example"), "domain a.example"),
        (Scope("mailbox", "b@a.example"), "mailbox b@a.example"),
    ],
)
def test_place(pages: Pages, scope: Scope | None, said: str) -> None:
    with pages.app.test_request_context():
        assert place(scope) == said


def test_every_unit_has_a_name(pages: Pages) -> None:
    """A number in a form says what it counts."""
    with pages.app.test_request_context():
        named = {unit: str(said) for unit, said in UNITS.items()}
    assert all(named.values())
    assert set(named) == {unit for unit in get_args(Unit) if unit}
