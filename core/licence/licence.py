"""The licence of this server: its key and what is remembered of it, in two small files.

`licence.key` is the key as it was entered, `licence.json` the memory. Neither is ever needed: what
is missing or damaged makes the tier smaller at worst, and stops nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from core.errors import LicenceError
from core.licence import memory as recollection
from core.licence.key import LicenceKey, read
from core.licence.memory import Memory
from core.licence.server import Server, this_server
from core.licence.standing import COUNTS, Standing, judge

KEY_FILE: Final = "licence.key"
MEMORY_FILE: Final = "licence.json"

_MODE: Final = 0o640
"""The pages run as a user of their own, in the daemon's group, and show the licence."""

_LONGEST_FILE: Final = 65_536


class Licence:
    """The licence of one server.

    Args:
        state: the state directory, which need not be there yet.
        panel: the panel's name.
        server: what this server can be recognised by; None to find out when a key asks for it.
        public_keys: as in `core.licence.key.read`.

    Attributes:
        problem: what was wrong with the memory when it was last read, "" if nothing.
    """

    def __init__(
        self,
        state: Path,
        panel: str,
        server: Server | None = None,
        public_keys: Mapping[str, str] | None = None,
    ) -> None:
        self.problem = ""
        self._state = state
        self._panel = panel
        self._given = server
        self._public_keys = public_keys

    @cached_property
    def server(self) -> Server:
        """What this server can be recognised by. Finding out may ask a name server."""
        return self._given or this_server()

    def standing(self, clock: float) -> Standing:
        """Where this server stands; nothing is written.

        Args:
            clock: the time, seconds since 1970.
        """
        key = self._key()
        return self._judged(key, self._after(self._memory(), key, clock), clock)

    def remember(self, clock: float) -> Standing:
        """Where this server stands, remembering the time and, the first time, the trial's begin.

        For the daemon: at its start, when it reloads, and every hour. A disk that takes nothing
        changes nothing about the answer; `problem` says so.
        """
        key, before = self._key(), self._memory()
        after = recollection.began(self._after(before, key, clock), clock)
        after = recollection.observed(after, clock)
        if after != before:
            self._keep(after)
        return self._judged(key, after, clock)

    def set(self, text: str, clock: float) -> Standing:
        """Put a key in the place of the one before.

        Args:
            text: as it was typed or pasted.
            clock: the time, seconds since 1970.

        Raises:
            LicenceError: it does not count here and now; the text says why. Nothing was changed.
            OSError: it could not be written. Nothing was changed.
        """
        standing, memory = self._weighed(text, clock)
        _write(self._state / KEY_FILE, f"{text.strip()}\n".encode())
        self._keep(memory)
        return standing

    def check(self, text: str, clock: float) -> None:
        """Look whether a key would be taken; nothing is written.

        Args:
            text, clock: as in `set`.

        Raises:
            LicenceError: it does not count here and now; the text says why.
        """
        self._weighed(text, clock)

    def _weighed(self, text: str, clock: float) -> tuple[Standing, Memory]:
        """Where the server stands with a key, and what is remembered of it then."""
        key = read(text, self._public_keys)
        memory = self._after(self._memory(), key, clock)
        standing = self._judged(key, memory, clock)
        if standing.state not in COUNTS:
            raise LicenceError(str(standing.sentences[0]).rstrip("."))
        return standing, memory

    def remove(self) -> bool:
        """Take the key away; what is remembered stays.

        Returns:
            Whether there was one.

        Raises:
            OSError: it could not be removed.
        """
        try:
            (self._state / KEY_FILE).unlink()
        except FileNotFoundError:
            return False
        _sync(self._state)
        return True

    def _after(self, memory: Memory, key: LicenceKey | LicenceError | None, clock: float) -> Memory:
        """The memory after a look at the key."""
        if not isinstance(key, LicenceKey) or key.panel not in ("", self._panel):
            return memory
        if not self._server_of(key).is_meant_by(key.server):
            return memory
        return recollection.recognised(recollection.welcomed(memory, key, clock), key, clock)

    def _judged(
        self, key: LicenceKey | LicenceError | None, memory: Memory, clock: float
    ) -> Standing:
        return judge(key, memory, self._server_of(key), self._panel, clock)

    def _server_of(self, key: LicenceKey | LicenceError | None) -> Server:
        """This server, as far as the key asks for it: asking a name server may take its time."""
        bound = isinstance(key, LicenceKey) and key.server
        return self.server if bound else Server(())

    def _key(self) -> LicenceKey | LicenceError | None:
        """The key that is set, or why it cannot be used; None for none."""
        try:
            text = _read(self._state / KEY_FILE).decode(errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            return LicenceError(f"the file {KEY_FILE} cannot be read: {error.strerror}")
        try:
            return read(text, self._public_keys)
        except LicenceError as error:
            return error

    def _memory(self) -> Memory:
        self.problem = ""
        path = self._state / MEMORY_FILE
        try:
            return msgspec.json.decode(_read(path), type=Memory)
        except FileNotFoundError:
            return Memory()
        except OSError as error:
            self.problem = f"{path} cannot be read: {error.strerror}"
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
            self.problem = f"{path} was damaged; the trial is counted anew"
        return Memory()

    def _keep(self, memory: Memory) -> None:
        path = self._state / MEMORY_FILE
        try:
            if self.problem:
                with suppress(FileNotFoundError):
                    path.replace(path.with_suffix(".damaged"))
            _write(path, msgspec.json.encode(memory))
        except OSError as error:
            self.problem = f"{path} cannot be written: {error.strerror}"


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LONGEST_FILE)


def _write(path: Path, content: bytes) -> None:
    """Put a file in place in one step, for good, owned by whom its directory belongs."""
    from tempfile import mkstemp  # noqa: PLC0415  with what it loads, 0.8 MB for ever

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if os.geteuid() == 0:
                owner = path.parent.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            os.fchmod(descriptor, _MODE)
            os.fsync(descriptor)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(directory: Path) -> None:
    """Make a new, replaced or removed name durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
