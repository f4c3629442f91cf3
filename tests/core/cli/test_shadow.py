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
        (("set", "send.limit", "9", "--domain", "example.test"), False),
        (("exempt", "add", "192.0.2.1", "--domain", "example.test"), True),
        (("exempt", "add", "--account", "bob@example.test"), True),
        (("exempt", "add", "--send", "bob@example.test"), False),
        (("exempt", "add", "192.0.2.1"), False),
    ],
)
def test_says_what_cannot_help(desk: Desk, words: tuple[str, ...], shadowed: bool) -> None:
    """A11: instead of accepting it in silence."""
    assert (SAID in desk(*words).stderr) == shadowed


def test_says_nothing_while_that_check_is_off(desk: Desk) -> None:
    """Then the account's settings are the only ones."""
    desk("set", "connect.enabled", "no")
    assert SAID not in desk("exempt", "add", "--account", "bob@example.test").stderr
