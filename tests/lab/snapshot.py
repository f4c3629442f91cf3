"""What a machine's file system holds, so that a test can tell what an uninstaller left or took."""

from __future__ import annotations

import hashlib
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FOLDERS = ("etc", "opt", "root", "usr/bin", "usr/local", "usr/sbin", "var/lib", "var/spool", "run")

KEPT = ("var/lib/mailward", "var/lib/mailward-undo")
"""Settings and events, which stay until --purge."""

BACKUPS = frozenset(f"etc/{name}-" for name in ("passwd", "group", "shadow", "gshadow", "subuid"))
BACKUPS |= {"etc/subgid-", "etc/.pwd.lock", "etc/subuid", "etc/subgid"}
"""useradd(8) leaves them behind, on every machine and for everybody."""

Snapshot = dict[str, str]


def snapshot(
    root: Path,
    live: tuple[str, ...] = (),
    kept: tuple[str, ...] = (),
    more: tuple[str, ...] = (),
) -> Snapshot:
    """Path -> kind, mode, owner and content of everything that a server should find as it was.

    live: beginnings of paths that servers change by themselves, in which only names of ours are
    looked at; kept: beginnings of paths that are left out, beside `KEPT`; more: folders that are
    looked into beside `FOLDERS`.
    """
    found: Snapshot = {}
    for folder in (*FOLDERS, *more):
        for path in _below(root / folder):
            name = str(path.relative_to(root))
            if name in BACKUPS or name.startswith((*KEPT, *kept)):
                continue
            if name.startswith(("run/", *live)) and "mailward" not in name:
                continue
            found[name] = _state(path)
    return found


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What is not the same, one line each."""
    names = sorted(before.keys() | after.keys())
    return [
        f"{name}: {before.get(name, 'nothing')} -> {after.get(name, 'nothing')}"
        for name in names
        if before.get(name) != after.get(name)
    ]


def _below(folder: Path) -> Iterator[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)


def _state(path: Path) -> str:
    status = path.lstat()
    said = f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
    if path.is_symlink():
        return f"{said} {path.readlink()}"
    if path.is_file():
        return f"{said} {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
    return said
