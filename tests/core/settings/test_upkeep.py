"""What a fresh install says and keeps."""

from __future__ import annotations

import string

from core.settings.fields import FIELDS, PLACEHOLDERS
from core.settings.upkeep import Data, Keep, Text


def test_refusals_name_the_reason_and_whom_to_ask() -> None:
    """A26: every default text has a way out for somebody who was refused wrongly."""
    for text in (Text().country, Text().network, Text().send):
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert "contact" in names
        assert names <= PLACEHOLDERS


def test_no_account_is_needed_until_somebody_says_so() -> None:
    """E17: DB-IP works without a customer's account."""
    assert Data().provider == "dbip"
    assert Keep().event_days < Keep().statistics_days


def test_keys_and_tokens_are_secrets() -> None:
    """They are never shown in full."""
    secrets = {name for name, field in FIELDS.items() if field.secret and field.group == "data"}
    assert secrets == {"data.maxmind_key", "data.ipinfo_token"}
