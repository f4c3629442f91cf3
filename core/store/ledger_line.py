"""One line of the ledger: a block or a release as JSON, with a checksum of its own.

ASCII only, so that any account name survives, bytes included that are no UTF-8. Knows nothing of
files.
"""

from __future__ import annotations

import json
import zlib
from typing import Any, Final

import msgspec
from msgspec import Struct

from core.store.block import Block

EVIDENCE_LENGTH: Final = 1000
"""Evidence is for people; cut here so that one block never eats the room of many."""


class Release(Struct, frozen=True, kw_only=True):
    """A block that somebody ended early.

    Attributes:
        account: whose.
        at: when, seconds since 1970 (UTC).
        by: who did it.
    """

    account: str
    at: float
    by: str


def encode(record: Block | Release) -> bytes:
    """The record's line, with the line feed."""
    if isinstance(record, Block):
        fields = {"record": "block", **msgspec.structs.asdict(record)}
        fields["evidence"] = record.evidence[:EVIDENCE_LENGTH]
    else:
        fields = {"record": "release", **msgspec.structs.asdict(record)}
    body = json.dumps(fields, separators=(",", ":"), ensure_ascii=True)[:-1].encode("ascii")
    return b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))


def decode(line: bytes) -> Block | Release:
    """Read a line back.

    Raises:
        ValueError: it is damaged, or a record of a kind that this version does not know.
    """
    body, mark, rest = line.strip(b"\0\r\n").rpartition(b',"sum":"')
    if not mark or rest != b'%08x"}' % zlib.crc32(body):
        raise ValueError("the checksum does not fit")
    fields: dict[str, Any] = json.loads(body + b"}")
    kind = fields.pop("record", None)
    if kind == "block":
        return msgspec.convert(fields, Block)
    if kind == "release":
        return msgspec.convert(fields, Release)
    raise ValueError(f"there is no record {kind!r}")
