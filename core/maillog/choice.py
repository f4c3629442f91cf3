"""Which logs are followed: what the machine's configuration says, made into paths and dialects."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from core.maillog.bookmark import JOURNAL, Wanted
from core.maillog.whereabouts import FILES, PROGRAM, SYSLOG

AUTO: Final = "auto"
"""The usual logs, as far as they are there."""


def choose(follow: Iterable[str]) -> tuple[tuple[Wanted, ...], str]:
    """The logs to follow, and what is wrong with the list, "" for nothing.

    Args:
        follow: as in `core.settings.config.Logs`.
    """
    found: dict[str, Wanted] = {}
    wrong = []
    for entry in follow:
        if entry == AUTO:
            for wanted in _usual():
                found.setdefault(wanted.pattern, wanted)
        elif entry == JOURNAL:
            found[JOURNAL] = Wanted(JOURNAL)
        else:
            wanted = _named(entry)
            if _is_absolute(wanted.pattern):
                found[wanted.pattern] = wanted
            else:
                wrong.append(f"logs.follow: {entry!r} is no absolute path")
    return tuple(found.values()), "; ".join(wrong)


def _named(entry: str) -> Wanted:
    dialect, colon, path = entry.partition(":")
    return Wanted(path, dialect) if colon and dialect in FILES else Wanted(entry)


def _is_absolute(path: str) -> bool:
    return PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()


def _usual() -> list[Wanted]:
    """All usual files, which may come later, and the journal where nothing writes its lines."""
    files = {
        dialect: [file for file in usual if PurePosixPath(file).is_absolute()]
        for dialect, usual in FILES.items()
    }
    found = [Wanted(file, optional=True) for each in files.values() for file in each]
    if any(map(glob.glob, files[SYSLOG])):
        return found
    import shutil  # noqa: PLC0415  with what it can pack, half a megabyte for ever

    if shutil.which(PROGRAM):
        found.append(Wanted(JOURNAL, optional=True))
    return found
