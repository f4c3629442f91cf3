"""Who changed what, and taking it back."""

from __future__ import annotations

import pytest

from tests.core.cli.desk import Desk


def _values(desk: Desk) -> dict[str, object]:
    found = desk.json("get", "--json")["settings"]
    return {name: each["value"] for name, each in found.items() if each["origin"] != "default"}


def test_changes_are_listed_newest_first(desk: Desk) -> None:
    """E21: what, where, from what to what."""
    desk("set", "send.limit", "9", "--why", "newsletter season")
    desk("set", "send.limit", "5", "--domain", "example.test")
    lines = desk("audit", "list").stdout.splitlines()
    assert "send.limit for the domain example.test: not set -> 5" in lines[1]
    assert "newsletter season" in lines[2]
    document = desk.json("audit", "list", "--json")
    assert [(e["level"], e["scope"], e["after"]) for e in document] == [
        ("domain", "example.test", 5),
        ("server", "", 9),
    ]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ((), 3),
        (("--name", "send.limit"), 2),
        (("--who", "nobody at all"), 0),
        (("--since", "1h"), 3),
        (("--until", "1h"), 0),
        (("--limit", "1"), 1),
    ],
)
def test_changes_are_searched(desk: Desk, words: tuple[str, ...], count: int) -> None:
    """E21: years of changes."""
    for value in ("9", "8"):
        desk("set", "send.limit", value)
    desk("set", "send.watch", "yes")
    assert len(desk.json("audit", "list", "--json", *words)) == count


def test_a_change_is_taken_back(desk: Desk) -> None:
    """E21: to what was before, as a change of its own."""
    desk("set", "send.limit", "9")
    desk("set", "send.limit", "8")
    result = desk("audit", "undo", "2", "--why", "wrong server")
    assert result.stdout == "send.limit for the server: 8 -> 9\n"
    assert _values(desk) == {"send.limit": 9}
    assert desk.json("audit", "list", "--json")[0]["why"] == "wrong server"
    desk("audit", "undo", "3")
    desk("audit", "undo", "4")
    desk("audit", "undo", "1")
    assert _values(desk) == {}


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1", "change 1 was followed by another: send.limit for the server: 9 -> 8"),
        ("99", "there is no change number 99"),
    ],
)
def test_refuses_what_cannot_be_taken_back(desk: Desk, number: str, said: str) -> None:
    """Nothing is overwritten that somebody else has set since."""
    desk("set", "send.limit", "9")
    desk("set", "send.limit", "8")
    assert said in desk("audit", "undo", number, code=4).stderr
    assert _values(desk) == {"send.limit": 8}


def test_nothing_is_said_in_words(desk: Desk) -> None:
    """And makes no store."""
    assert desk("audit", "list").stdout == "No setting was changed.\n"
    assert not desk.config.state.exists()
