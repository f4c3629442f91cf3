"""Follows files by name or pattern: which there are, which come and go, and their lines in turn.

Waits for nothing: whoever calls it does, a fraction of a second at a time. What happens to one
file is `followed.py`'s business.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from core.maillog.bookmark import JOURNAL, Bookmark, Wanted
from core.maillog.followed import Followed
from core.maillog.place import Place
from core.maillog.rotated import base_of
from core.words import N_

PATTERN_SECONDS: Final = 5.0
"""How often patterns are looked through for new files."""

IDLE: Final = 86_400.0
"""Seconds without a change after which a file that a pattern found is closed."""

MOST: Final = 500
"""Files that one pattern may find, the newest first."""

MISSING: Final = N_("there is no such file")


class Follower:
    """All files that are followed.

    Args:
        wanted: what to follow; the journal among them is passed over.
        bookmark: where they were left; None for the first time.
        now: seconds since 1970.
    """

    def __init__(self, wanted: Sequence[Wanted], bookmark: Bookmark | None, now: float) -> None:
        self._wanted = [each for each in wanted if each.pattern != JOURNAL]
        known = bookmark or Bookmark()
        self._known = set(known.patterns)
        self._left: dict[str, tuple[Place, ...]] = dict(known.files)
        self._wanted_by: dict[str, Wanted] = {}
        self._files: dict[str, Followed] = {}
        self._looked = -PATTERN_SECONDS
        self._lost = 0
        self._cut = 0
        self._began = now

    @property
    def patterns(self) -> tuple[str, ...]:
        """What is followed, for a bookmark."""
        return tuple(each.pattern for each in self._wanted)

    @property
    def places(self) -> dict[str, tuple[Place, ...]]:
        """Where to go on, for a bookmark."""
        return {**self._left, **{path: each.places for path, each in self._files.items()}}

    @property
    def problems(self) -> dict[str, str]:
        """What cannot be read, by its path."""
        found = {}
        for path, each in self._files.items():
            if each.problem:
                found[path] = each.problem
            elif each.missing and not self._wanted_by[path].optional:
                found[path] = MISSING
        for wanted in self._wanted:
            if _is_pattern(wanted) and not wanted.optional and not self._has(wanted):
                found[wanted.pattern] = MISSING
        return found

    @property
    def paths(self) -> list[str]:
        """The files that are there."""
        return [path for path, each in self._files.items() if not each.missing]

    @property
    def following(self) -> dict[str, int]:
        """The files that are there, and how many octets of each wait."""
        return {path: self._files[path].behind for path in self.paths}

    @property
    def lost(self) -> int:
        """Files whose end was never found."""
        return self._lost + sum(each.lost for each in self._files.values())

    @property
    def cut(self) -> int:
        """Lines that were too long."""
        return self._cut + sum(each.cut for each in self._files.values())

    def dialect(self, path: str) -> str:
        """The dialect that somebody has named for a file, "" for none."""
        return self._wanted_by[path].dialect

    def look(self, now: float) -> None:
        """See what has become of the files."""
        if now - self._looked >= PATTERN_SECONDS or now < self._looked:
            self._looked = now
            for wanted in self._wanted:
                if _is_pattern(wanted):
                    self._expand(wanted, now)
                else:
                    self._take(wanted.pattern, wanted, fresh=wanted.pattern in self._known)
            self._known.update(self.patterns)
        for each in self._files.values():
            each.look()

    def read(self, most: int, now: float) -> Iterator[tuple[str, list[bytes]]]:
        """A turn for each file: its path, and its next lines, of `most` octets or so."""
        for path, each in list(self._files.items()):
            lines = each.read(most, now)
            if lines is not None:
                yield path, lines

    def close(self) -> None:
        """Let go of all files."""
        for each in self._files.values():
            each.close()

    def _take(self, path: str, wanted: Wanted, *, fresh: bool) -> None:
        if path not in self._files:
            places = self._left.pop(path, ())
            self._files[path] = Followed(Path(path), places, fresh=fresh)
            self._wanted_by[path] = wanted

    def _has(self, wanted: Wanted) -> bool:
        return any(each is wanted for each in self._wanted_by.values())

    def _expand(self, wanted: Wanted, now: float) -> None:
        self._park(wanted, now)
        fresh = wanted.pattern in self._known
        taken = {each.identity for each in self._files.values()}
        found = []
        for path in glob.iglob(wanted.pattern):  # noqa: PTH207  a path of its own, from anywhere
            if path in self._files or _is_former(path):
                continue
            try:
                status = Path(path).stat()
            except OSError:
                continue
            left = self._left.get(path)
            idle = now - status.st_mtime > IDLE
            if (left and left[-1].offset == status.st_size and idle) or (idle and not left):
                continue
            if (status.st_dev, status.st_ino) not in taken:
                found.append((status.st_mtime, path))
        found.sort(reverse=True)
        for _, path in found[:MOST]:
            self._take(path, wanted, fresh=fresh)

    def _park(self, wanted: Wanted, now: float) -> None:
        """Close what nobody writes to any more: servers with a file for each day have many."""
        mine = [path for path, each in self._wanted_by.items() if each is wanted]
        for path in mine:
            followed = self._files[path]
            places = followed.places
            if followed.behind or (places and now - places[-1].at <= IDLE):
                continue
            if not places and not followed.missing:
                continue
            self._lost += followed.lost
            self._cut += followed.cut
            followed.close()
            del self._files[path], self._wanted_by[path]
            if places and not followed.missing:
                self._left[path] = places[-1:]
        for path in sorted(self._left, key=lambda path: self._left[path][-1].at)[: -2 * MOST]:
            del self._left[path]


def _is_former(path: str) -> bool:
    """Whether a file is an earlier one of a log, which whoever follows the log reads."""
    base = base_of(Path(path))
    return path.endswith((".gz", ".xz", ".bz2", ".zst")) or (str(base) != path and base.exists())


def _is_pattern(wanted: Wanted) -> bool:
    return glob.has_magic(wanted.pattern) and not os.path.lexists(wanted.pattern)
