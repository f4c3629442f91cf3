"""The machine that commands work on, and the form of most of its files."""

from __future__ import annotations

from pathlib import Path

CPANEL = "usr/local/cpanel"


class Failure(Exception):
    """A command says this and ends with 1."""


class Machine:
    """What commands of every kind need.

    Args:
        root: its file system.
        exim: whether there is a real Exim, which reads what is built.
    """

    def __init__(self, root: Path = Path("/"), *, exim: bool = True) -> None:
        self.root = root
        self._exim = exim

    def path(self, inside: str) -> Path:
        """Where a path of the machine is."""
        return self.root / inside.lstrip("/")


def pairs(text: str) -> dict[str, str]:
    """The lines `key=value` of a text."""
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {key.strip(): value.strip() for key, equals, value in lines if equals}
