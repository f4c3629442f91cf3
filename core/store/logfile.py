"""The event log: one line of JSON for each event, for people and for other programs.

Independent of the store, so that either goes on when the other cannot. The fields are described in
``docs/log-format.md``. Rotates by itself and never stops a mail: what cannot be written is counted
and reported. One process writes a log.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from core.store.disk import give_to_owner_of
from core.store.event import Event
from core.store.text import one_line, storable

MAX_BYTES: Final = 50 * 1024 * 1024
KEEP: Final = 10
"""Rotated files that are kept."""

_LEVEL: Final = 3
"""Of compression: a third of the time of the default for nearly its size."""


class EventLog:
    """An open event log.

    Attributes:
        path: the file that is written to; rotated ones lie beside it.
        lost: events that could not be written since it was opened.
        problem: why the last ones could not be written, "" when they could.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES, keep: int = KEEP) -> None:
        """Open the log. A file that cannot be opened is a `problem` and no error.

        Args:
            path: the file; its directory must exist.
            max_bytes: a file of that size is rotated.
            keep: how many rotated files to keep.
        """
        self.path = path
        self.lost = 0
        self.problem = ""
        self._max_bytes = max_bytes
        self._keep = keep
        self._descriptor = -1
        self._size = 0
        self._packer: threading.Thread | None = None
        self.reopen()

    def write(self, events: Iterable[Event]) -> None:
        """Append events. Never raises for what the disk does: see `lost` and `problem`."""
        lines = [line_of(event) for event in events]
        if not lines:
            return
        if self._descriptor < 0:
            self.reopen()
        if self._descriptor < 0:
            self.lost += len(lines)
            return
        try:
            self._append(b"".join(lines))
        except OSError as error:
            self.lost += len(lines)
            self.problem = f"the event log {self.path} cannot be written: {error.strerror}"
            return
        self.problem = ""
        if self._size >= self._max_bytes:
            self._rotate(datetime.now(UTC))

    def reopen(self) -> None:
        """Go on in the file that bears the name now: another program may have renamed it."""
        self._close_file()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._descriptor = os.open(self.path, flags, 0o640)
            give_to_owner_of(self.path.parent, self._descriptor)
            self._size = os.fstat(self._descriptor).st_size
        except OSError as error:
            self.problem = f"the event log {self.path} cannot be opened: {error.strerror}"

    def close(self) -> None:
        """Close the file and wait until a rotated one is packed."""
        self._close_file()
        self._wait_for_packer()

    def _append(self, lines: bytes) -> None:
        """Append all or nothing: half a line would spoil the next one too."""
        written = 0
        try:
            while written < len(lines):
                written += os.write(self._descriptor, lines[written:])
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(lines)

    def _rotate(self, now: datetime) -> None:
        self._wait_for_packer()
        rotated = self._free_name(now)
        try:
            self.path.rename(rotated)
        except OSError as error:
            self.problem = f"the event log {self.path} cannot be rotated: {error.strerror}"
            return
        self.reopen()
        self._packer = threading.Thread(target=self._pack, args=(rotated,), name="log-packer")
        self._packer.start()

    def _free_name(self, now: datetime) -> Path:
        """A name that sorts by time, also within one second."""
        stamp = now.strftime("%Y%m%dT%H%M%S%f")
        return self.path.with_name(f"{self.path.stem}-{stamp}{self.path.suffix}")

    def _pack(self, rotated: Path) -> None:
        """Compress a rotated file and drop the oldest; runs beside the writer."""
        # Most daemons never have a log that large, and would keep this for ever.
        import gzip  # noqa: PLC0415
        import shutil  # noqa: PLC0415

        unfinished = rotated.with_name(rotated.name + ".gz.part")
        try:
            with rotated.open("rb") as plain, gzip.open(unfinished, "wb", _LEVEL) as packed:
                shutil.copyfileobj(plain, packed, 1 << 18)
            unfinished.replace(rotated.with_name(rotated.name + ".gz"))
            rotated.unlink()
        except OSError:
            # The plain file stays and counts as one of those that are kept.
            unfinished.unlink(missing_ok=True)
        with suppress(OSError):
            for old in self.rotated()[self._keep :]:
                old.unlink(missing_ok=True)

    def rotated(self) -> list[Path]:
        """The rotated files, the newest first."""
        pattern = f"{self.path.stem}-[0-9]*T[0-9]*{self.path.suffix}*"
        found = [file for file in self.path.parent.glob(pattern) if file.suffix != ".part"]
        return sorted(found, key=lambda file: file.name.removesuffix(".gz"), reverse=True)

    def _close_file(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _wait_for_packer(self) -> None:
        if self._packer is not None:
            self._packer.join()
            self._packer = None


def line_of(event: Event) -> bytes:
    """The event's line, with the line feed: ``time`` first, then every field in its order."""
    fields: dict[str, Any] = {"time": _readable(event.at)}
    for name, value in msgspec.structs.asdict(event).items():
        fields[name] = storable(value) if isinstance(value, str) else value
    return one_line(msgspec.json.encode(fields).decode()).encode() + b"\n"


def _readable(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
