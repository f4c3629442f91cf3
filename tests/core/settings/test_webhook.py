"""A webhook is off until somebody names one, and is reached by https."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings.fields import FIELDS, check, read
from core.settings.webhook import Webhook


def test_nobody_is_told_until_somebody_says_so() -> None:
    """B14: opt-in."""
    assert Webhook().url == ""
    assert FIELDS["webhook.secret"].secret


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/mailward?token=1",
        "https://hooks.example.org:8443",
        "https://[2001:db8::1]/x",
        "http://localhost:8080/x",
        "http://127.0.0.1/x",
        "http://[::1]:9000/x",
        "",
    ],
)
def test_what_may_be_told(url: str) -> None:
    assert check("webhook.url", url) == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook.url", "http://hooks.example.org/"),
        ("webhook.url", "http://localhost.example.org/"),
        ("webhook.url", "http://127.0.0.1@example.org/"),
        ("webhook.url", "https://me:word@example.org/"),
        ("webhook.url", "https://"),
        ("webhook.url", "file:///etc/passwd"),
        ("webhook.url", "https://example.org/a b"),
        ("webhook.url", "https://example.org/\r\nX: y"),
        ("webhook.secret", "short"),
    ],
)
def test_what_may_not_be_set(name: str, value: object) -> None:
    with pytest.raises(SettingError, match=name):
        check(name, value)


def test_events_are_words_and_the_words_are_told() -> None:
    """A typing error names what there is."""
    assert read("webhook.events", "block, health") == ("block", "health")
    with pytest.raises(SettingError, match="must be one of block, release, stolen"):
        read("webhook.events", "blocks")
