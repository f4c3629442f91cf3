"""The process that reads the logs, as the daemon sees it: started, listened to, ended.

What it sends is not believed to be whole: it may be killed at any octet, hang, or write nonsense.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from typing import Final

from core.maillog.batch import HEADER, Batch, Frames, Order, frame

SILENCE: Final = 60.0
"""Seconds without a sign of life after which it hangs; it gives one every five."""

BUFFER: Final = 1 << 18
"""Octets that wait here, twice that at most; more waits in the pipe, and then in the logs."""

MODULE: Final = "core.maillog.reader"


class ReaderGone(Exception):
    """It ended, hangs, or writes nonsense; the text says which."""


class LogProcess:
    """A running reader.

    Args:
        process: it.
        silence: see `SILENCE`.
    """

    def __init__(self, process: asyncio.subprocess.Process, silence: float) -> None:
        self._process = process
        self._silence = silence
        self._frames = Frames(Batch)

    @classmethod
    async def start(
        cls, order: Order, module: str = MODULE, silence: float = SILENCE
    ) -> LogProcess:
        """Start one.

        Args:
            order: what it is to do.
            module: the program.
            silence: see `SILENCE`.

        Raises:
            ReaderGone: it cannot be started, or ended at once.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                module,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                limit=BUFFER,
            )
        except OSError as error:
            raise ReaderGone(f"it cannot be started: {error.strerror}") from error
        assert process.stdin is not None  # noqa: S101  it was asked for
        started = cls(process, silence)
        try:
            process.stdin.write(frame(order))
            await process.stdin.drain()
        except OSError as error:
            await started.end()
            raise ReaderGone("it ended at once") from error
        except BaseException:
            started.kill()
            raise
        return started

    @property
    def pid(self) -> int:
        """Its id."""
        return self._process.pid

    async def read(self) -> Batch:
        """What it says next.

        Raises:
            ReaderGone: it says nothing any more.
        """
        stream = self._process.stdout
        assert stream is not None  # noqa: S101  it was asked for
        try:
            async with asyncio.timeout(self._silence):
                size = self._frames.size(await stream.readexactly(HEADER))
                body = await stream.readexactly(size)
            return self._frames.read(body)
        except asyncio.IncompleteReadError as error:
            raise ReaderGone("it has ended") from error
        except TimeoutError as error:
            raise ReaderGone(f"it has said nothing for {self._silence:.0f} seconds") from error
        except ValueError as error:
            raise ReaderGone(f"it talks nonsense: {error}") from error

    def kill(self) -> None:
        """End it, at once; nobody waits for it."""
        if self._process.returncode is None:
            self._process.kill()

    async def end(self) -> int:
        """End it, and wait; returns how it ended (negative: by that signal)."""
        self.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            with suppress(ValueError):
                await self._process.stdout.read()  # asyncio lets it end once its pipes are empty
        return await self._process.wait()
