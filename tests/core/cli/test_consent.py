"""Who may change the server, and that nobody is changed without a word."""

from __future__ import annotations

import os
import sys
from io import StringIO

import click
import pytest
from click.testing import CliRunner

from core.cli import consent
from core.cli.exit_code import Trouble


class Terminal(StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@click.command()
@consent.yes
def change(yes: bool) -> None:
    """A verb that asks."""
    consent.ask("Change it?", yes=yes, hint="say --yes, or look first")
    click.echo("changed")


def test_only_root_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text says what for."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    consent.require_root("change this server")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Trouble, match="only root may change this server"):
        consent.require_root("change this server")


def test_where_nobody_can_be_asked_it_must_be_said_beforehand() -> None:
    """Exit code 2, as for every mistake in what was typed."""
    result = CliRunner().invoke(change, [], input="y\n")
    assert (result.exit_code, "say --yes, or look first" in result.stderr) == (2, True)
    assert CliRunner().invoke(change, ["--yes"]).stdout == "changed\n"


@pytest.mark.parametrize(("typed", "agrees"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_whoever_sits_there_is_asked(
    monkeypatch: pytest.MonkeyPatch, typed: str, agrees: bool
) -> None:
    """Only a clear yes is one."""
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: sys.stdin.readline().strip())
    if agrees:
        consent.ask("Change it?", yes=False)
    else:
        with pytest.raises(click.Abort):
            consent.ask("Change it?", yes=False)
