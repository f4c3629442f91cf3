"""The committed reference of the settings is the one that their declarations make."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cli import reference
from core.settings.fields import FIELDS
from tests.core.cli.desk import Desk

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_committed_page_is_up_to_date(desk: Desk) -> None:
    """Make it anew: ./dev run mailward settings --markdown >docs/settings.md."""
    assert PAGE.read_text(encoding="utf-8") == desk("settings", "--markdown").stdout


def test_every_setting_is_in_it_with_its_help() -> None:
    """E19: what, why and risk."""
    page = reference.markdown()
    for name, field in FIELDS.items():
        assert f"| `{name}` |" in page
        assert all(text in page for text in (field.what, field.why, field.risk))


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("send.limit", "a whole number of mails from 1 to 1000000"),
        ("send.seconds", "a whole number of seconds from 1 to 86400"),
        ("country.mode", "off, allow, refuse"),
        ("connect.enabled", "yes, no"),
        ("text.contact", "text of 1 to 120 letters"),
        ("data.maxmind_key", "text of up to 100 letters"),
        ("exempt.send", "a list of accounts and domains, with comment and expiry"),
        ("country.list", "a list of two-letter country codes"),
    ],
)
def test_limits_in_words(name: str, limits: str) -> None:
    """B2: what may be typed."""
    assert reference.limits(FIELDS[name]) == limits


@pytest.mark.parametrize("name", list(FIELDS))
def test_every_limit_is_told(name: str) -> None:
    """No bound is called None."""
    assert "None" not in reference.limits(FIELDS[name])
