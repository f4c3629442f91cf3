"""Units: the files that describe services, and which of them start with the machine."""

from __future__ import annotations

import configparser
from pathlib import Path

UNITS = Path("/etc/systemd/system")
WANTED = UNITS / "multi-user.target.wants"


def unit(name: str) -> configparser.ConfigParser:
    """A unit's file. Raises FileNotFoundError."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string((UNITS / name).read_text("utf-8"))
    return parser


def every(name: str, key: str) -> list[str]:
    """All values of a key that may stand several times."""
    lines = (UNITS / name).read_text("utf-8").splitlines()
    return [line.partition("=")[2].strip() for line in lines if line.startswith(f"{key}=")]


def unit_or_empty(name: str) -> configparser.SectionProxy | dict[str, str]:
    """The service section of a unit that may be gone by now."""
    try:
        return unit(name)["Service"]
    except (OSError, KeyError):
        return {}


def link(name: str, *, wanted: bool) -> None:
    """Start a unit with the machine, or no more."""
    link = WANTED / name
    link.unlink(missing_ok=True)
    if wanted:
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(UNITS / name)
    elif link.parent.exists() and not any(link.parent.iterdir()):
        link.parent.rmdir()
