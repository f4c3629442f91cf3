"""Values that are more than text."""

from __future__ import annotations

import click
import pytest

from core.cli.parameters import Country, Network, System, word
from core.words import Stage


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Country(), "at", "AT"),
        (Network(), "::ffff:192.0.2.1", "192.0.2.1"),
        (Network(), "[2001:DB8::1]", "2001:db8::1"),
        (Network(), "192.0.2.77/24", "192.0.2.0/24"),
        (System(), "as64500", 64500),
        (System(), "64500", 64500),
        (word(Stage), "connect", "connect"),
    ],
)
def test_takes(kind: click.ParamType[object], text: str, value: object) -> None:
    """A15: one spelling for one thing."""
    assert kind.convert(text, None, None) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Country(), "Austria"),
        (Country(), ""),
        (Network(), "192.0.2"),
        (Network(), "bob@example.test"),
        (System(), "AS"),
        (System(), "-1"),
        (System(), "4294967296"),
        (System(), "²"),
        (word(Stage), "CONNECTED"),
    ],
)
def test_refuses(kind: click.ParamType[object], text: str) -> None:
    """Wrong usage, exit code 2."""
    with pytest.raises(click.BadParameter):
        kind.convert(text, None, None)
