"""What the process that reads logs and the daemon say to each other: framed, and nothing else.

Each frame is its length in four octets, the highest first, and a message in MessagePack.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

import msgspec
from msgspec import Struct

from core.maillog.bookmark import Bookmark, Wanted
from core.maillog.mails import Fate
from core.maillog.record import Login, Mail

LONGEST: Final = 16 << 20
"""Octets of a frame. What claims to be longer is no frame."""

HEADER: Final = 4


class Order(Struct, frozen=True):
    """What the reader is to do; the first and only thing that it is told.

    Attributes:
        wanted: the logs.
        bookmark: where they were left, None for the first time.
        at_end: go on at the logs' ends: whatever comes next has brought the reader down.
    """

    wanted: tuple[Wanted, ...]
    bookmark: Bookmark | None = None
    at_end: bool = False


class Batch(Struct, frozen=True):
    """What was read since the last one.

    Attributes:
        logins: in the order of the logs; equal failed ones together.
        mails: those that are in the queue.
        fates: what became of accounts' mails.
        bookmark: where to go on once this batch is kept.
        lines: how many were read.
        unknown: of them, those that are in no form that anybody knows here.
        faults: of them, those that a parser failed at.
        cut: lines that were too long, since the reader began.
        lost: files whose end was never found, since the reader began.
        behind: octets that wait, by log.
        latest: the time in the line that was read last, 0 where none has told one.
        problems: what cannot be read, by log.
    """

    bookmark: Bookmark
    logins: tuple[Login, ...] = ()
    mails: tuple[Mail, ...] = ()
    fates: tuple[Fate, ...] = ()
    lines: int = 0
    unknown: int = 0
    faults: int = 0
    cut: int = 0
    lost: int = 0
    behind: dict[str, int] = {}
    latest: float = 0.0
    problems: dict[str, str] = {}


_encoder = msgspec.msgpack.Encoder()
_Message = TypeVar("_Message", Order, Batch)


def frame(message: Order | Batch) -> bytes:
    """A message as it is sent."""
    body = _encoder.encode(message)
    return len(body).to_bytes(HEADER, "big") + body


class Frames(Generic[_Message]):
    """Takes frames apart.

    Args:
        kind: what comes.
    """

    def __init__(self, kind: type[_Message]) -> None:
        self._decoder: msgspec.msgpack.Decoder[_Message] = msgspec.msgpack.Decoder(kind)

    @staticmethod
    def size(header: bytes) -> int:
        """How long the message behind a header is.

        Raises:
            ValueError: that is no header.
        """
        size = int.from_bytes(header, "big")
        if size > LONGEST:
            raise ValueError(f"a frame of {size} octets")
        return size

    def read(self, body: bytes) -> _Message:
        """The message.

        Raises:
            ValueError: it is none.
        """
        return self._decoder.decode(body)  # msgspec's errors are ValueErrors
