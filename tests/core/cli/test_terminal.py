"""What is printed cannot command a terminal, and is whole in a pipe."""

from __future__ import annotations

import sys

import click
import pytest
from click.testing import CliRunner

from core.cli.terminal import emit, paint, say, table
from core.desk.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bob@example.test", "bob@example.test"),
        ("jürgen@bücher.test", "jürgen@bücher.test"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("a\u202eb\u2028c\x9bd", "a\\u202eb\\u2028c\\x9bd"),
        ("\udc80", "\\udc80"),
    ],
)
def test_only_letters_that_show_as_themselves(text: str, shown: str) -> None:
    """A login name is an attacker's text."""
    assert printable(text) == shown


def _printed(show: click.Command, **environment: str) -> str:
    return CliRunner(env=environment).invoke(show).stdout


def test_tables_are_whole_in_a_pipe() -> None:
    """A program cuts columns itself; nothing is folded, and no blanks stand at the ends."""
    long = "x" * 500

    @click.command()
    def show() -> None:
        table(("name", "count"), [(long, 1), ("[red]b[/]", 22)], right=("count",))

    lines = _printed(show, COLUMNS="40").splitlines()
    assert lines[0].split() == ["name", "count"]
    assert lines[1] == f"{long}      1"
    assert lines[2].split() == ["[red]b[/]", "22"]
    assert lines[1].index(" 1") + 2 == len(lines[2])


def test_tables_fold_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost on a phone."""

    @click.command()
    def show() -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        table(("address", "why"), [("203.0.113.7", "because " * 8)], fold=("why",))

    lines = _printed(show, COLUMNS="30", NO_COLOR="1").splitlines()
    assert all(len(line) <= 30 for line in lines)
    assert "".join(lines).count("because") == 8
    assert [line[:11].strip() for line in lines].count("203.0.113.7") == 1
    wide = _printed(show, COLUMNS="10", NO_COLOR="1").splitlines()
    assert max(map(len, wide)) > 10, "no letter is lost, however narrow it is"
    assert "".join(wide).count("because") == 8


@pytest.mark.parametrize(
    ("on_terminal", "environment", "coloured"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colours_only_where_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch,
    on_terminal: bool,
    environment: dict[str, str],
    coloured: bool,
) -> None:
    """no-color.org."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: on_terminal, raising=False)
    assert paint("red", "red") == ("\x1b[31mred\x1b[0m" if coloured else "red")


def test_documents_are_ascii_where_it_matters() -> None:
    """JSON keeps letters, but no character that breaks a line or commands a terminal."""

    @click.command()
    def show() -> None:
        emit({"account": "jürgen\x9b\u2028"})
        say("end")

    assert _printed(show) == '{\n  "account": "jürgen\\u009b\\u2028"\n}\nend\n'
