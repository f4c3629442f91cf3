"""Writes archives whose bytes depend on what lies in them and on nothing else.

Neither the clock, nor the user, nor the order of a disk is in them: whoever builds the same state
of the project gets the same file, and can see that a published one was not tampered with.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from packing.tree import Tree

Report = Callable[[int, int], None]
"""Told how many files of how many are written."""

FIRST_ZIP_YEAR = 315_532_800
"""Seconds since 1970 of 1980-01-01: a zip file knows no earlier time (APPNOTE.TXT 4.4.6)."""

STORED = (".whl", ".gz", ".png", ".mmdb.xz")
"""Files that are compressed already."""

UNIX = 3
"""Made on Unix, so that the attributes are a mode (APPNOTE.TXT 4.4.2)."""


def write(form: str, tree: Tree, target: Path, moment: int, report: Report) -> None:
    """Write an archive; the target is complete or absent.

    Args:
        form: ``zip`` or ``tar.gz``.
        tree: what lies in it.
        target: the file.
        moment: seconds since 1970 that every file in it bears.
        report: told of the progress.
    """
    unfinished = target.with_name(target.name + ".part")
    try:
        with unfinished.open("wb") as sink:
            {"zip": _zip, "tar.gz": _tar}[form](tree, sink, moment, report)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _zip(tree: Tree, sink: io.BufferedWriter, moment: int, report: Report) -> None:
    date = datetime.fromtimestamp(max(moment, FIRST_ZIP_YEAR), UTC).timetuple()[:6]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for done, piece in enumerate(tree, 1):
            entry = zipfile.ZipInfo(piece.path, date)
            entry.create_system = UNIX
            entry.external_attr = (0o100755 if piece.executable else 0o100644) << 16
            stored = piece.path.endswith(STORED)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, piece.content())
            report(done, len(tree))


def _tar(tree: Tree, sink: io.BufferedWriter, moment: int, report: Report) -> None:
    with (
        gzip.GzipFile("", "wb", 9, sink, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for folder in tree.folders():
            # Named, so that whoever unpacks it with another umask gets folders that can be entered.
            archive.addfile(_entry(folder, 0o755, moment, tarfile.DIRTYPE))
        for done, piece in enumerate(tree, 1):
            content = piece.content()
            entry = _entry(piece.path, 0o755 if piece.executable else 0o644, moment)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
            report(done, len(tree))


def _entry(path: str, mode: int, moment: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.mode, entry.mtime, entry.type = mode, moment, kind
    entry.uname = entry.gname = "root"
    return entry
