"""What a verb that changes this server must have first: root's rights, and somebody's word."""

from __future__ import annotations

import os
import sys

import click

from core.cli.exit_code import Trouble

yes = click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")


def require_root(what: str) -> None:
    """Go on for root only.

    Args:
        what: what only root may do, as in "change this server".

    Raises:
        Trouble: somebody else is asking.
    """
    if os.geteuid() != 0:
        raise Trouble(f"only root may {what}")


def ask(question: str, *, yes: bool, hint: str = "say --yes") -> None:
    """Ask whoever is at the terminal, and go on if the answer is yes.

    Args:
        question: what is asked.
        yes: the answer was given beforehand.
        hint: what to do where nobody can be asked.

    Raises:
        click.UsageError: nobody can be asked.
        click.Abort: the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(f"nobody can be asked here: {hint}")
    click.confirm(question, abort=True, err=True)
