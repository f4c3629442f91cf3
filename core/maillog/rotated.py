"""Finds what became of a log that was rotated: renamed, copied, packed, or all of it.

Looks at names and at the files' first octets; follows nothing itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from core.maillog.compressed import open_log
from core.maillog.place import Place, digest, read_exactly

_PACKED = r"(?:\.(?:gz|xz|bz2|zst))?"
_ENDING: Final = re.compile(rf"(?:[._-]\d[\d._-]*|\.old|\.bak){_PACKED}|\.(?:gz|xz|bz2|zst)")
"""How a rotated log's name goes on: ``.1``, ``.2.gz``, ``-20260131``, ``.old``."""

_MULTILOG: Final = re.compile(r"@[0-9a-f]{24}\.[su](?:\.(?:gz|xz|bz2))?")
"""What multilog makes of a file ``current`` (multilog(8))."""

MOST: Final = 200
"""Files of one folder that are looked at, the newest first."""


def base_of(path: Path) -> Path:
    """The name of the log that a rotated file was, as well as that can be told."""
    name = path.name
    if _MULTILOG.fullmatch(name):
        return path.with_name("current")
    match = re.fullmatch(rf"(.+?)({_ENDING.pattern})+", name)
    stem = match[1] if match else name
    dated = re.fullmatch(r"(.+?)-\d{8}(?:-\d+)?(\.[a-z]+)", stem)
    return path.with_name(dated[1] + dated[2] if dated else stem)


def rotated(path: Path) -> list[Path]:
    """Files beside a log that look like its earlier ones, those changed last first."""
    try:
        with os.scandir(path.parent) as entries:
            found = [
                (entry.stat().st_mtime, Path(entry.path))
                for entry in entries
                if entry.name != path.name and _is_of(entry.name, path) and entry.is_file()
            ]
    except OSError:
        return []
    found.sort(reverse=True)
    return [each for _, each in found[:MOST]]


def _is_of(name: str, path: Path) -> bool:
    if path.name == "current" and _MULTILOG.fullmatch(name):
        return True
    if name.startswith(path.name):
        return _ENDING.fullmatch(name[len(path.name) :]) is not None
    start = f"{path.stem}-"
    rest = name[len(start) :]
    return (
        bool(path.suffix)
        and name.startswith(start)
        and re.fullmatch(rf"\d{{8}}(?:-\d+)?{re.escape(path.suffix)}{_PACKED}", rest) is not None
    )


def has_head(path: Path, place: Place) -> bool:
    """Whether a file, packed or not, begins as the one of that place; False if unreadable."""
    if not place.length:
        return True
    try:
        stream, _ = open_log(path)
        try:
            first = read_exactly(stream, place.length)
        finally:
            stream.close()
    except OSError:
        return False
    return len(first) == place.length and digest(first) == place.head


def find(path: Path, place: Place) -> Path | None:
    """Where the file of that place is now, under the log's own name or a later one."""
    candidates = [path, *rotated(path)]
    for each in candidates:
        status = _status(each)
        if (
            status is not None
            and (status.st_dev, status.st_ino) == (place.device, place.inode)
            and has_head(each, place)
        ):
            return each
    if not place.length:
        return None  # nothing was in it that could be recognised
    return next((each for each in candidates[1:] if has_head(each, place)), None)


def copy_of(path: Path, place: Place) -> Path | None:
    """A copy of the file of that place with at least as much in it, made before it was emptied."""
    if not place.length:
        return None
    for each in rotated(path):
        status = _status(each)
        if status is None or not has_head(each, place):
            continue
        if (status.st_dev, status.st_ino) != (place.device, place.inode):
            return each
    return None


def later(path: Path, changed: float, known: Iterable[Place]) -> list[Path]:
    """Rotated files that came between one file and the log of today, the oldest first.

    Args:
        path: the log.
        changed: when that one had changed last, seconds since 1970.
        known: files that are read anyway, and copies of which are no others.
    """
    passed = tuple(known)
    found = []
    for each in rotated(path):
        status = _status(each)
        if status is None or status.st_mtime <= changed:
            continue
        if not any(_is(each, place) for place in passed):
            found.append(each)
    return found[::-1]


def _is(path: Path, place: Place) -> bool:
    """Whether a file is, or is a copy of, the one of that place; an empty one may be any."""
    return place.length > 0 and has_head(path, place)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
