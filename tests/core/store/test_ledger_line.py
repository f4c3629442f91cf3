"""A line says exactly what was written, or that it is damaged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.block import Block
from core.store.ledger_line import EVIDENCE_LENGTH, Release, decode, encode

anything = st.text(st.characters(exclude_categories=()), max_size=40)
moments = st.floats(min_value=0, max_value=4e9)
blocks = st.builds(
    Block,
    account=anything,
    started=moments,
    until=moments,
    seconds=st.integers(0, 10**7),
    reason=anything,
    evidence=anything,
)
releases = st.builds(Release, account=anything, at=moments, by=anything)


@given(blocks | releases)
def test_a_record_survives_its_line(record: Block | Release) -> None:
    line = encode(record)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    json.loads(line)
    assert decode(line) == record


@given(blocks | releases, st.data())
def test_no_changed_byte_goes_unnoticed(record: Block | Release, data: st.DataObject) -> None:
    line = bytearray(encode(record)[:-1])
    position = data.draw(st.integers(0, len(line) - 1))
    line[position] ^= data.draw(st.integers(1, 255))
    try:
        assert decode(bytes(line)) == record
    except ValueError:
        return


@given(blocks | releases, st.data())
def test_no_beginning_of_a_line_passes_for_a_line(
    record: Block | Release, data: st.DataObject
) -> None:
    line = encode(record)[:-1]
    with pytest.raises(ValueError, match=r".+"):
        decode(line[: data.draw(st.integers(0, len(line) - 1))])


def test_evidence_is_cut() -> None:
    block = Block(
        account="a", started=0.0, until=1.0, seconds=1, reason="send_limit", evidence="é" * 9999
    )
    read = decode(encode(block))
    assert isinstance(read, Block)
    assert read.evidence == "é" * EVIDENCE_LENGTH


def test_a_record_of_an_unknown_kind_is_refused() -> None:
    line = encode(Release(account="a", at=0.0, by="b"))
    body = line[: line.index(b',"sum"')].replace(b"release", b"pardon?")
    import zlib

    with pytest.raises(ValueError, match="pardon"):
        decode(b'%s,"sum":"%08x"}' % (body, zlib.crc32(body)))
