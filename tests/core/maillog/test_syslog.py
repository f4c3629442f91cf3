"""Syslog's headers: every form that servers write gives the same record."""

from __future__ import annotations

from datetime import UTC

import pytest

from core.maillog.calendar import Calendar
from core.maillog.record import Queued
from core.maillog.syslog import FORM, SyslogReader
from tests.contract.maillog import AT

MESSAGE = b"06E595346DE: from=<a@b.test>, size=189, nrcpt=3 (queue active)"


@pytest.mark.parametrize(
    "header",
    [
        b"Nov 22 03:36:16 mail postfix/qmgr[28796]: ",
        b"Nov 22 03:36:16 mail.example.test postfix/qmgr: ",
        b"Nov 22 03:36:16 2001:db8::1 postfix/qmgr[28796]: ",
        b"<22>Nov 22 03:36:16 mail postfix/qmgr[28796]: ",
        b"2026-11-22T03:36:16+00:00 mail postfix/qmgr[28796]: ",
        b"2026-11-22T04:36:16.000000+01:00 mail postfix/qmgr[28796]: ",
        b"<22>2026-11-22T03:36:16Z mail postfix/qmgr[28796]: ",
        b"<22>1 2026-11-22T03:36:16.000Z mail postfix/qmgr 28796 - - ",
        b'1 2026-11-22T03:36:16Z mail postfix/qmgr 28796 ID47 [x@1 a="\\]"][y@2] \xef\xbb\xbf',
    ],
)
def test_every_header_is_understood(header: bytes) -> None:
    line = header + MESSAGE
    assert SyslogReader(Calendar(AT, UTC))(line) == Queued(AT, "06E595346DE", 3)
    assert FORM.match(line)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"22 Nov 2026 03:36:16 mail postfix/qmgr[28796]: ",
        b"Nov 22 03:36:16 mail: ",
        b"Nov 22 03:36:16 mail postfix/qmgr[28796] ",
        b"Foo 22 03:36:16 mail postfix/qmgr[28796]: ",
        b"2026-13-22T03:36:16Z mail postfix/qmgr[28796]: ",
        b"<22>1 2026-13-22T03:36:16Z mail postfix/qmgr 28796 - - ",
    ],
)
def test_other_headers_say_nothing(header: bytes) -> None:
    assert SyslogReader(Calendar(AT, UTC))(header + MESSAGE) is None


def test_the_parts_of_a_second_are_kept() -> None:
    line = b"2026-11-22T03:36:16.250000+00:00 mail postfix/qmgr[28796]: " + MESSAGE
    assert SyslogReader(Calendar(AT, UTC))(line) == Queued(AT + 0.25, "06E595346DE", 3)
