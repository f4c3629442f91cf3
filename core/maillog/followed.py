"""One log that is followed, whatever happens to its file: renamed, packed, copied, emptied, gone.

Gives each line once, in the order of the files. What cannot be found again is counted as lost.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from core.maillog import rotated
from core.maillog.log_file import LogFile
from core.maillog.place import Place

LINGER: Final = 60.0
"""Seconds for which a renamed file is looked at: its writer may take that long to leave it."""


class Followed:
    """One path.

    Args:
        path: the log's name.
        places: where it was left, the oldest file first; empty for a log that is new to us.
        fresh: a log without places began after we did, so it is read from its beginning.

    Attributes:
        problem: why it cannot be read, "" when it can, or has no file at the moment.
        missing: there is no file of that name.
        lost: files whose end was never found.
    """

    def __init__(self, path: Path, places: Sequence[Place] = (), *, fresh: bool = False) -> None:
        self.path = path
        self.problem = ""
        self.missing = False
        self.lost = 0
        self._cut = 0
        self._wanted = tuple(places)
        self._fresh = fresh
        self._files: list[LogFile] = []
        self._lingering: list[tuple[float, LogFile]] = []
        self._current: LogFile | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where to go on another time, the oldest file first."""
        if self._wanted:
            return self._wanted
        left = (replace(file.place, left=True) for _, file in self._lingering)
        return (*left, *(file.place for file in self._files))

    @property
    def behind(self) -> int:
        """Octets that wait to be read."""
        waiting = 0
        for file in self._files:
            try:
                waiting += max(0, file.size - file.reached)
            except OSError:
                continue
        return waiting

    @property
    def cut(self) -> int:
        """Lines that were too long."""
        return self._cut + sum(file.cut for file in self._open)

    @property
    def identity(self) -> tuple[int, int]:
        """Device and inode of the file that bears the name, (0, 0) for none."""
        current = self._current
        return (current.device, current.inode) if current is not None else (0, 0)

    @property
    def _open(self) -> list[LogFile]:
        return [*(file for _, file in self._lingering), *self._files]

    def look(self) -> None:
        """See what has become of the file. To be called several times a second."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self.missing = True
            if self._wanted:
                self._resume(None)
            self._fresh = True  # whatever comes by that name is new
            self.problem = ""
            return
        except OSError as error:
            self.problem = error.strerror or str(error)
            return
        self.missing = False
        try:
            self._compare(status)
        except OSError as error:
            self.problem = error.strerror or str(error)
        else:
            self.problem = ""

    def _compare(self, status: os.stat_result) -> None:
        current = self._current
        if self._wanted:
            self._resume(status)
        elif current is None:
            self._begin(LogFile.at(self.path, 0 if self._fresh else -1))
        elif (status.st_dev, status.st_ino) != (current.device, current.inode):
            self._rotate(current)
        elif current.was_emptied():
            self._go_back(current)

    def _begin(self, file: LogFile) -> None:
        self._current = file
        self._files.append(file)

    def _rotate(self, former: LogFile) -> None:
        """Another file bears the name now; in between there may have been more."""
        file = LogFile(self.path)
        former.was_emptied()  # takes note of its last change
        known = (file.place, former.place)
        self._pass(rotated.later(self.path, former.changed, known))
        self._begin(file)

    def _pass(self, paths: Sequence[Path]) -> None:
        """Read files from their beginning to their end that came and went unseen."""
        for path in paths:
            try:
                file = LogFile(path)
            except OSError:
                self.lost += 1
                continue
            file.ended = True
            self._files.append(file)

    def _go_back(self, former: LogFile) -> None:
        """The file was emptied; a copy may have what was not read of it."""
        place = former.place
        file = LogFile(self.path)
        self._cut += former.cut
        self._files.remove(former)
        self._rest_of_copy(place)
        former.close()
        self._begin(file)

    def _rest_of_copy(self, place: Place) -> None:
        copy = rotated.copy_of(self.path, place)
        if copy is None:
            self.lost += 1
            return
        try:
            file = LogFile.at(copy, place.offset)
        except OSError:
            self.lost += 1
            return
        file.ended = True
        self._files.append(file)

    def _resume(self, status: os.stat_result | None) -> None:
        """Find the files of an earlier time, and what came after them."""
        today = LogFile(self.path) if status is not None else None  # unreadable: try again later
        wanted, self._wanted = self._wanted, ()
        last: LogFile | None = None
        since: float | None = None
        for place in wanted:
            if not place.length:  # nothing tells it from another file, and nothing was in it
                since = place.at
                continue
            file = self._found(place)
            if file is None:
                self.lost += place.offset > 0 and not place.left
                continue
            last, since = file, file.changed
            self._files.append(file)
        if today is None:
            self._current = last
        elif last is not None and (last.device, last.inode) == (today.device, today.inode):
            today.close()
            self._current = last
        else:
            if since is not None:
                known = [file.place for file in (*self._files, today)]
                self._pass(rotated.later(self.path, since, (*wanted, *known)))
            self._begin(today)

    def _found(self, place: Place) -> LogFile | None:
        path = rotated.find(self.path, place)
        if path is None:
            return None
        try:
            file = LogFile.at(path, place.offset)
        except OSError:  # it was cut off, and its beginning written anew just so: start again
            return None
        file.ended = file.packed or (file.device, file.inode) != (place.device, place.inode)
        return file

    def read(self, most: int, now: float) -> list[bytes] | None:
        """The next lines, of `most` octets or so; None when there is nothing new."""
        for file in self._files[:]:
            lines = self._read(file, most)
            if lines is not None:
                return lines
            if file is self._current:
                break
            self._files.remove(file)
            if not file.ended:
                self._lingering.append((now + LINGER, file))
            elif last := self._leave(file):
                return last
        return self._read_lingering(most, now)

    def _read(self, file: LogFile, most: int) -> list[bytes] | None:
        try:
            return file.read(most)
        except OSError as error:
            self.problem = f"{file.path}: {error.strerror or error}"
            if file is not self._current:
                self.lost += 1
                file.ended = True
            return None

    def _read_lingering(self, most: int, now: float) -> list[bytes] | None:
        for until, file in self._lingering[:]:
            lines = self._read(file, most)
            if lines is not None:
                return lines
            if now >= until:
                self._lingering.remove((until, file))
                if last := self._leave(file):
                    return last
        return None

    def _leave(self, file: LogFile) -> list[bytes]:
        self._cut += file.cut
        last = file.finish()
        file.close()
        return last

    def close(self) -> None:
        """Let go of all files."""
        self._wanted = self.places
        for file in self._open:
            file.close()
        self._files, self._lingering, self._current = [], [], None
