"""A program that runs itself again runs the same thing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from core.system.command import own_command

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("original", "arguments", "expected"),
    [
        (["python3", "-m", "core", "serve"], ["core/__main__.py", "serve"], ("-m", "core")),
        (["python3", "-P", "-m", "core"], ["core/__main__.py"], ("-P", "-m", "core")),
        (["python3", "-m", "plesk", "web", "serve"], ["x", "web", "serve"], ("-m", "plesk")),
        (["pytest", "tests"], ["pytest", "tests"], ("-m", "core")),
    ],
)
def test_a_module_is_run_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
    original: list[str],
    arguments: list[str],
    expected: tuple[str, ...],
) -> None:
    """The words before our own arguments, with the same Python."""
    monkeypatch.delenv("MAILWARD_COMMAND", raising=False)
    monkeypatch.setattr(sys, "orig_argv", original)
    monkeypatch.setattr(sys, "argv", arguments)
    assert own_command() == (sys.executable, *expected)


def test_an_installed_script_is_run_by_its_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As pip installs it."""
    script = tmp_path / "mailward"
    script.touch()
    monkeypatch.delenv("MAILWARD_COMMAND", raising=False)
    monkeypatch.setattr(sys, "orig_argv", ["python3", str(script), "serve"])
    monkeypatch.setattr(sys, "argv", [str(script), "serve"])
    assert own_command() == (str(script),)


def test_a_launcher_counts_before_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """It alone knows which Python and which folders; a relative name is believed by nobody."""
    monkeypatch.setenv("MAILWARD_COMMAND", "/opt/mailward/bin/mailward")
    assert own_command() == ("/opt/mailward/bin/mailward",)
    monkeypatch.setenv("MAILWARD_COMMAND", "mailward")
    assert own_command() != ("mailward",)
