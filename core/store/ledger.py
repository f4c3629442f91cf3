"""The durable truth of this server's standing send blocks: one small file, appended to.

A block must outlive any crash, so it is on the disk before the answer that announces it leaves.
A database would do, but a full disk or a damaged page in it could then cost a block; this file
has nothing but lines with checksums, written into room that was reserved before. It keeps no
history (`core.store.blocks` does) and decides nothing.
"""

from __future__ import annotations

import contextlib
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from core.errors import StoreError
from core.store.block import Block
from core.store.disk import (
    give_to_owner_of,
    read_all,
    sync_directory,
    write_all,
    write_durably,
)
from core.store.ledger_line import Release, decode, encode
from core.store.lock import lock, same_file

CHUNK: Final = 64 * 1024
"""Room is reserved in steps of this many bytes: some 250 blocks."""

RESERVE: Final = 32 * 1024
"""More room is asked for as soon as less than this is left, long before it is needed."""

COMPACT_AT: Final = 256 * 1024
"""A ledger with more bytes of records than this is rewritten when it is opened."""

KEEP_EXPIRED: Final = 30 * 86400
"""A rewrite drops blocks only when they ended this many seconds ago: clocks have been wrong."""

_BLANK: Final = b"\n\0"


class Ledger:
    """The open ledger of this server. Threads may share it; processes may not.

    Attributes:
        path: where it lies.
        problem: what was wrong with the file and what was done about it, "" when it was sound.
        is_new: it was missing or empty when it was opened.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.problem = ""
        self.is_new = False
        self._descriptor = descriptor
        self._guard = threading.Lock()
        self._blocks: dict[str, Block] = {}
        self._end = 0
        self._room = 0

    @classmethod
    def open(cls, path: Path, *, now: float, wait: float = 0.0) -> Self:
        """Read the ledger back and hold it alone; make it when it is missing.

        A last line that was being written when the power went is dropped: its block was never
        announced. Other damaged lines are reported in `problem`, with a copy of the file kept.

        Args:
            path: the file, in a directory that exists.
            now: seconds since 1970, to tell what is long over.
            wait: how many seconds to wait for another process that holds it.

        Raises:
            StoreError: another process holds it, or it can be neither read nor written.
        """
        try:
            ledger = cls(path, _open_alone(path, wait))
        except OSError as error:
            raise StoreError(f"the ledger {path} cannot be opened: {error.strerror}") from error
        try:
            ledger._load(now)
        except OSError as error:
            ledger.close()
            raise StoreError(f"the ledger {path} cannot be used: {error.strerror}") from error
        return ledger

    def close(self) -> None:
        """Let go of the file; everything in it is durable already."""
        with self._guard:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def standing(self, now: float) -> list[Block]:
        """All blocks that are not over, the one that ends last first.

        Args:
            now: seconds since 1970.
        """
        with self._guard:
            found = [block for block in self._blocks.values() if block.until > now]
        return sorted(found, key=lambda block: (-block.until, block.account))

    def block(self, block: Block) -> None:
        """Make a block last. When this returns, it survives whatever happens next.

        A second block of the same account replaces the first.

        Raises:
            StoreError: it could not be made durable (the disk is full and the reserve used up, or
                the disk fails). Earlier blocks are safe.
        """
        with self._guard:
            self._append(encode(block))
            self._blocks[block.account] = block

    def release(self, account: str, at: float, by: str) -> bool:
        """End a block early, as durably as it began.

        Args:
            account: normalised login name.
            at: seconds since 1970.
            by: who releases it.

        Returns:
            False when the account has no block, and nothing was written.

        Raises:
            StoreError: as for `block`; the block then still stands.
        """
        with self._guard:
            if account not in self._blocks:
                return False
            self._append(encode(Release(account=account, at=at, by=by)))
            del self._blocks[account]
            return True

    def _load(self, now: float) -> None:
        content = read_all(self._descriptor)
        self.is_new = not content
        end = len(content.rstrip(_BLANK))
        self._room = end if b"\0" in content[end:] else len(content)
        damaged = self._replay(content[:end])
        self._end = end + 1 if end else 0
        compact = damaged or end > COMPACT_AT
        if compact:
            self._compact(content[:end], damaged, now)
        with contextlib.suppress(OSError):  # what is there can be read; appending will say more
            if end and not compact:
                self._drop_torn_line(content[:end])
            self._reserve(0)

    def _replay(self, content: bytes) -> list[int]:
        """Apply all lines; returns the numbers of the damaged ones, the last line excepted."""
        damaged = []
        lines = content.split(b"\n")
        for number, line in enumerate(lines, start=1):
            if not line.strip(_BLANK):
                continue
            try:
                record = decode(line)
            except ValueError:
                if number < len(lines):
                    damaged.append(number)
                continue
            if isinstance(record, Block):
                self._blocks[record.account] = record
            else:
                self._blocks.pop(record.account, None)
        return damaged

    def _append(self, line: bytes) -> None:
        if self._descriptor < 0:
            raise StoreError(f"the ledger {self.path} is closed")
        if not self._is_in_place():
            self._put_back()
        shortage = ""
        try:
            self._reserve(len(line))
        except OSError as error:
            shortage = error.strerror or str(error)
        if self._end + len(line) > self._room:
            raise StoreError(
                f"the ledger {self.path} has no room for another block: {shortage}. "
                "The blocks in it are safe"
            )
        start, self._end = self._end, self._end + len(line)
        try:
            write_all(self._descriptor, line, start)
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise StoreError(
                f"the ledger {self.path} cannot be written: {error.strerror}. "
                "The blocks in it are safe"
            ) from error

    def _is_in_place(self) -> bool:
        """Whether what was written is still where the next start will look for it."""
        whole = os.fstat(self._descriptor).st_size >= self._room
        return whole and same_file(self._descriptor, self.path)

    def _put_back(self) -> None:
        """Somebody removed, replaced or cut off the file: write it anew from what is known."""
        try:
            self._replace(b"".join(encode(block) for block in self._blocks.values()))
            sync_directory(self.path.parent)
        except OSError as error:
            raise StoreError(
                f"the ledger {self.path} is gone, and cannot be written anew: {error.strerror}"
            ) from error
        self.problem = f"the ledger {self.path} was gone or cut off; it was written anew"

    def _reserve(self, wanted: int) -> None:
        """Keep room for ``wanted`` bytes and the reserve, as line feeds that are really there.

        The bytes are written and not only allocated, so that the file stays text and an append
        changes no metadata: the disk may be full, and fdatasync has one block to write.
        """
        while self._room - self._end < wanted + RESERVE:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(self._descriptor, self._room, CHUNK)
            start = min(self._end - 1 if self._end else 0, self._room)
            write_all(self._descriptor, b"\n" * (self._room + CHUNK - start), start)
            os.fsync(self._descriptor)
            self._room += CHUNK

    def _drop_torn_line(self, content: bytes) -> None:
        """Blank a last line that was never finished, so that it is not damage the next time."""
        start = content.rfind(b"\n") + 1
        if _is_sound(content[start:]):
            return
        write_all(self._descriptor, b"\n" * (len(content) - start), start)
        self._end = start

    def _compact(self, content: bytes, damaged: list[int], now: float) -> None:
        """Rewrite the file with what still counts. A failure leaves it as it was."""
        kept = [block for block in self._blocks.values() if block.until > now - KEEP_EXPIRED]
        report = f"damaged lines in the ledger were left out: {_numbers(damaged)}"
        try:
            if damaged:
                stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
                copy = self.path.with_name(f"{self.path.name}.damaged-{stamp}")
                os.close(write_durably(copy, content + b"\n"))
                report += f"; the file as it was is kept as {copy}"
            self._replace(b"".join(encode(block) for block in kept))
        except OSError as error:
            report += f"; the file stays as it is: {error.strerror}"
        else:
            self._blocks = {block.account: block for block in kept}
            sync_directory(self.path.parent)
        self.problem = report if damaged else ""

    def _replace(self, records: bytes) -> None:
        fresh = self.path.with_name(self.path.name + ".new")
        size = -(-len(records) // CHUNK) * CHUNK + CHUNK
        descriptor = write_durably(fresh, records.ljust(size, b"\n"))
        try:
            lock(descriptor)  # before others can reach it by its new name
            fresh.replace(self.path)
        except OSError:
            os.close(descriptor)
            raise
        os.close(self._descriptor)
        self._descriptor, self._end, self._room = descriptor, len(records), size


def _open_alone(path: Path, wait: float) -> int:
    """Open and lock the file, again when somebody replaced it meanwhile."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not lock(descriptor, wait):
            os.close(descriptor)
            raise StoreError(
                f"the ledger {path} is held by another process: if that is the daemon, ask it"
            )
        if same_file(descriptor, path):
            give_to_owner_of(path.parent, descriptor)
            sync_directory(path.parent)
            return descriptor
        os.close(descriptor)


def _numbers(lines: list[int]) -> str:
    shown = ", ".join(str(number) for number in lines[:5])
    return f"line {shown}" + (f" and {len(lines) - 5} more" if len(lines) > 5 else "")


def _is_sound(line: bytes) -> bool:
    try:
        decode(line)
    except ValueError:
        return False
    return True
