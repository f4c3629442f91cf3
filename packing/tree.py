"""What will lie in an archive: paths, contents, and whether a file can be run. Nothing else.

Owners, times and the order in which a disk lists files are no part of it, so that the same input
always makes the same archive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct

from packing.recipe import PackingError


class Piece(Struct, frozen=True):
    """One file.

    Attributes:
        path: in the archive.
        source: a file on this disk, None where the content is made.
        made: the content, where there is no source.
        executable: it can be run.
    """

    path: str
    source: Path | None
    made: bytes = b""
    executable: bool = False

    def content(self) -> bytes:
        """Its content."""
        return self.made if self.source is None else self.source.read_bytes()

    def sha256(self) -> str:
        """Its checksum, in hex."""
        return hashlib.sha256(self.content()).hexdigest()


class Tree:
    """The files of an archive."""

    def __init__(self) -> None:
        self._pieces: dict[str, Piece] = {}

    def __iter__(self) -> Iterator[Piece]:
        """The files in the order of their paths."""
        return iter([self._pieces[path] for path in sorted(self._pieces)])

    def __len__(self) -> int:
        """How many files."""
        return len(self._pieces)

    def add(self, path: str, content: Path | bytes, *, executable: bool = False) -> None:
        """Put a file in.

        Raises:
            PackingError: the path is taken, or leads out of the archive.
        """
        place = PurePosixPath(path)
        if place.is_absolute() or ".." in place.parts or not place.parts:
            raise PackingError(f"{path!r} leads out of the archive")
        name = str(place)
        if name in self._pieces:
            raise PackingError(f"{name} would be in the archive twice")
        source, made = (content, b"") if isinstance(content, Path) else (None, content)
        self._pieces[name] = Piece(name, source, made, executable)

    def find(self, path: str) -> Piece:
        """The file of a path.

        Raises:
            KeyError: there is none.
        """
        return self._pieces[path]

    def folders(self) -> list[str]:
        """Every folder that a file lies in, outer ones first."""
        found = {str(up) for path in self._pieces for up in PurePosixPath(path).parents}
        return sorted(found - {"."})

    def below(self, prefix: str) -> list[Piece]:
        """The files below a folder, with paths relative to it."""
        start = prefix.rstrip("/") + "/"
        return [
            Piece(piece.path.removeprefix(start), piece.source, piece.made, piece.executable)
            for piece in self
            if piece.path.startswith(start)
        ]
