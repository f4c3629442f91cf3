"""A setting that cannot help before the password says so."""

from __future__ import annotations

import pytest

from tests.core.cli.desk import Desk

SAID = "check before the password"


@pytest.mark.parametrize(
    ("words", "shadowed"),
    [
        (("set", "country.mode", "off", "--mailbox", "bob@example.test"), True),
        (("set", "network.cloud", "off", "--domain", "example.test"), True),
        (("set", "country.mode", "off"), False),
        (("set", "country.list", "CN", "RU", "--domain", "example.test"), False),
        (("set", "network.relay", "off", "--domain", "example.test"), False),
        (("set", "send.limit", "9", "--domain", "example.test"), False),
        (("exempt", "add", "192.0.2.1", "--domain", "example.test"), True),
        (("exempt", "add", "--account", "bob@example.test"), True),
        (("exempt", "add", "--send", "bob@example.test"), False),
        (("exempt", "add", "192.0.2.1"), False),
    ],
)
def test_says_what_cannot_help(desk: Desk, words: tuple[str, ...], shadowed: bool) -> None:
    """A11: instead of accepting it in silence."""
    for setting in ("country.mode=refuse", "country.list=RU", "network.cloud=refuse"):
        desk("set", *setting.split("="))
    assert (SAID in desk(*words).stderr) == shadowed


def test_says_nothing_while_that_check_is_off(desk: Desk) -> None:
    """Then the account's settings are the only ones."""
    desk("set", "connect.enabled", "no")
    desk("set", "network.cloud", "refuse")
    assert SAID not in desk("set", "network.cloud", "off", "--domain", "x.test").stderr
    assert SAID not in desk("exempt", "add", "--account", "bob@example.test").stderr


def test_names_the_countries(desk: Desk) -> None:
    """A11: those that the server refuses, and no others."""
    desk("set", "country.mode", "refuse")
    desk("set", "country.list", "RU", "CN")
    said = desk("set", "country.list", "RU", "BR", "--domain", "example.test").stderr
    assert "The server refuses CN." in said
