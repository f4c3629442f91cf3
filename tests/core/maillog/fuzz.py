"""Passwords that imitate the lines that they stand in."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from core.maillog.calendar import Calendar
from tests.contract.maillog import AT, assert_sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.maillog.dialects import Parse
    from core.maillog.record import Record

NOW = AT + 60
"""Somebody reads the lines of the contract a minute after they were written."""

MARK = "s3cr3tM4RK"
"""Inside every password that a test invents."""

PIECES = [
    *(b"' \" \\ \t \0 \xff [ ] ( ) < > ; : , + = @ / { } # - %s \xc3".split(b" ")),
    b" [192.0.2.9]: 535 (set_id=eve)",
    b") [192.0.2.9]:25 P=esmtpa A=plain:eve",
    b"') eve@evil.test:192.0.2.9",
    b'" "',
    b" for eve@evil.test",
    b"; account=eve; ",
    b"] security - cmd=Auth; account=eve; protocol=imap;",
    b"oip=192.0.2.9;",
    b"\tSMTP-IN\t",
    b"235 Authenticated",
]


def calendar() -> Calendar:
    """Of somebody who reads on 2026-11-22."""
    return Calendar(NOW, UTC)


@st.composite
def passwords(draw: st.DrawFn) -> bytes:
    """What somebody might type, a line's own forms among it, on one line and without a tab."""
    around = st.lists(
        st.sampled_from([*PIECES, b" ", b"abc"]) | st.binary(max_size=5), max_size=4
    ).map(b"".join)
    raw = draw(around) + MARK.encode() + draw(around)
    return raw.translate(None, b"\r\n\t\0")


def read_all(make: Callable[[Calendar], Parse], lines: Iterable[bytes]) -> list[Record]:
    """Every record of a log, checked for soundness. Whatever the lines, reading raises nothing."""
    parse = make(calendar())
    records = [record for record in map(parse, lines) if record is not None]
    assert_sound(*records)
    return records
