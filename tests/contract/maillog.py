"""What every dialect of mail logs must withstand, whatever its format: one suite for all of them.

A dialect's own test derives from ``DialectContract`` and brings its cases: lines as the programs
write them, and what they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from core.maillog.calendar import Calendar
from core.maillog.dialects import DIALECTS, detect
from core.maillog.record import Delivery, Login, Mail, Queued, Record

AT = datetime(2026, 11, 22, 3, 36, 16, tzinfo=UTC).timestamp()
"""The time of every line: 22 November 2026, 03:36:16 UTC."""

STAMP = b"Nov 22 03:36:16 "

SECRET = "hunter2"
"""The password in every sample that has one."""

OTHER_LINES = (
    b"",
    b"\n",
    b" ",
    b"\0" * 80,
    bytes(range(256)),
    b"a" * 100_000,
    b"[" * 50_000,
    b"Nov 22 03:36:16",
    b"Nov 22 03:36:16 mail",
    b"Nov 99 99:99:99 mail postfix/smtpd[1]: connect from unknown[192.0.2.1]",
    b"2026-99-99T99:99:99Z mail postfix/qmgr[1]: removed",
    b"Nov 22 03:36:16 mail kernel: [12345.678] eth0: link up",
    b"Nov 22 03:36:16 mail CRON[77]: (root) CMD (run-parts /etc/cron.hourly)",
    b"Nov 22 03:36:16 mail sshd[9]: Failed password for bob from 192.0.2.1 port 22 ssh2",
    b'192.0.2.1 - - [22/Nov/2026:03:36:16 +0000] "GET / HTTP/1.1" 200 17',
    b"<!DOCTYPE html><html><head><title>503</title></head></html>",
    "22. November 2026: grüße".encode("utf-16"),
)

LONG_LINES = (
    b"Nov 22 03:36:16 mail dovecot: imap-login: Login: user=<" + b">, rip=1.2.3.4" * 1_000,
    b"Nov 22 03:36:16 mail imapd: INFO: " + b"INFO: LOGIN, user=x, ip=[" * 500,
    b"Nov 22 03:36:16 auth(" + b")<" * 7_000,
    b"Nov 22 03:36:16 mail saslauthd: : auth failure: [user=" + b"] [realm=] [mech=" * 900,
    b"Nov 22 03:36:16 mail postfix/smtp[1]: A1B2C3: to=<" + b">, relay=x, delay=1 " * 800,
    b"2026-11-22 03:36:16 H=" + b"(x) [1.2.3.4]: " * 1_000,
)
"""Made to be read slowly. pytest's limit of time is what fails then."""

_inherited = settings(suppress_health_check=[HealthCheck.differing_executors])


class Case(Struct, frozen=True):
    """Lines as they follow each other in a log, and all that they say.

    Attributes:
        title: what is special about them.
        lines: without their ends.
        said: records, in order.
    """

    title: str
    lines: tuple[bytes, ...]
    said: tuple[Record, ...] = ()


def read(dialect: str, lines: Iterable[bytes]) -> list[Record]:
    """What lines say, read one after the other by a new parser."""
    parse = DIALECTS[dialect].make(Calendar(AT + 60, UTC))
    return [record for record in map(parse, lines) if record is not None]


class DialectContract:
    """The suite. Each subclass sets the two attributes."""

    dialect: str
    cases: tuple[Case, ...]

    def test_every_line_says_what_it_says(self) -> None:
        wrong = {
            case.title: said
            for case in self.cases
            if (said := read(self.dialect, case.lines)) != list(case.said)
        }
        assert wrong == {}

    def test_line_ends_do_not_matter(self) -> None:
        for case in self.cases:
            for end in (b"\n", b"\r\n"):
                said = read(self.dialect, [line + end for line in case.lines])
                assert said == list(case.said), case.title

    def test_the_dialect_is_recognised(self) -> None:
        assert detect(line for case in self.cases for line in case.lines) == self.dialect

    def test_lines_of_something_else_say_nothing(self) -> None:
        for line in OTHER_LINES:
            assert read(self.dialect, [line]) == [], line[:60]

    def test_long_lines_are_read_in_short_time(self) -> None:
        assert_sound(*read(self.dialect, LONG_LINES * 20))
        assert detect(LONG_LINES) in {*DIALECTS, ""}

    def test_no_record_holds_a_password(self) -> None:
        """Feature D9: passwords never leave the parser, wherever the log has them."""
        for case in self.cases:
            assert SECRET not in repr(read(self.dialect, case.lines)), case.title

    def test_one_parser_reads_all_cases_in_a_row(self) -> None:
        """What one line leaves behind must not spoil another log's next lines."""
        lines = [line for case in self.cases for line in case.lines]
        for record in read(self.dialect, lines * 2):
            assert_sound(record)

    @_inherited
    @given(st.binary(max_size=300))
    def test_whatever_the_bytes_it_does_not_raise(self, line: bytes) -> None:
        assert_sound(*read(self.dialect, [line, STAMP + line, STAMP + b"mail " + line]))

    @_inherited
    @given(st.data())
    def test_a_damaged_line_does_not_raise(self, data: st.DataObject) -> None:
        lines = list(data.draw(st.sampled_from(self.cases)).lines)
        where = data.draw(st.integers(0, len(lines) - 1))
        line = bytearray(lines[where])
        for _ in range(data.draw(st.integers(0, 5))):
            line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
        begin, end = data.draw(st.integers(0, 30)), data.draw(st.integers(0, len(line)))
        piece = data.draw(st.binary(max_size=20))
        lines[where] = bytes(line[begin:end]) + piece + bytes(line[end:])
        assert_sound(*read(self.dialect, lines))


def assert_sound(*records: Record) -> None:
    """Whatever was read: fields are of bounded length, printable, and of the right kind."""
    for record in records:
        assert isinstance(record, Login | Mail | Queued | Delivery)
        for name, value in structs.asdict(record).items():
            if isinstance(value, str):
                assert value.isprintable(), (name, value)
                assert len(value) <= 1_000, name
        assert abs(record.at) < 1e12
        if isinstance(record, Login):
            assert record.attempts >= 1
