"""The command as a whole: its help, its errors, its start."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import click
import pytest

from core import __version__
from core.cli.program import VERBS
from tests.core.cli.desk import Desk


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_good_help(verb: str) -> None:
    """E15, K1: a summary, and a word on every option."""
    module, _, attribute = VERBS[verb].partition(":")
    commands = [getattr(import_module(module), attribute)]
    while commands:
        command = commands.pop()
        assert isinstance(command, click.Command)
        assert command.help, verb
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{command.name} {parameter.opts}"
        if isinstance(command, click.Group):
            commands += command.commands.values()


def test_help_lists_the_verbs_and_the_exit_codes(desk: Desk) -> None:
    """In the order of a day's work; the one that makes the manual is hidden."""
    page = desk("--help").stdout
    places = [page.index(f"\n  {verb} ") for verb in VERBS if verb != "manual"]
    assert places == sorted(places)
    assert "\n  manual" not in page
    assert "3 the daemon is" in page


def test_version(desk: Desk) -> None:
    """As packages compare it."""
    assert desk("--version").stdout == f"mailward {__version__}\n"


@pytest.mark.parametrize("words", [("nosuch",), ("status", "--nosuch"), ("blocked", "nosuch")])
def test_wrong_usage(desk: Desk, words: tuple[str, ...]) -> None:
    """Exit code 2, and where the help is."""
    assert "--help" in desk(*words, code=2).stderr


def test_a_wrong_configuration_is_one_line(desk: Desk) -> None:
    """File and key; but help needs no configuration."""
    desk.file.write_text("[paths]\nstat = 1\n")
    result = desk("status", code=4)
    assert result.stderr.startswith(f"mailward: {desk.file}: ")
    assert len(result.stderr.splitlines()) == 1
    assert "Say whether" in desk("status", "--help").stdout


@pytest.mark.parametrize("verb", ["explain", "attackers"])
def test_small_verbs_load_little(verb: str) -> None:
    """A verb that asks the daemon starts without database and network libraries."""
    script = (
        "import sys; from core.main import run; from core.standalone import Standalone; "
        f"code = run(Standalone(), ['{verb}', '--help']); "
        "heavy = {'sqlalchemy', 'requests', 'rich', 'asyncio', 'structlog'} & set(sys.modules); "
        "print(sorted(heavy)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"
