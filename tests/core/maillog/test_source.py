"""From a log's lines to records, whatever the lines are."""

from __future__ import annotations

import pytest

from core.maillog import dialects
from core.maillog.record import Login
from core.maillog.source import Source, usual_dialect
from core.words import Service

LOGIN = (
    b"Nov 22 03:36:16 mail dovecot: imap-login: Login: user=<a@example.test>, method=PLAIN, "
    b"rip=192.0.2.1, lip=192.0.2.2, TLS, session=<%d>"
)
STRANGE = b"this is no line of a log"


def test_the_dialect_is_found_out() -> None:
    """From the lines; nothing that came before is read again."""
    source = Source("/x/some.log")
    assert source.read([STRANGE] * 3) == []
    assert (source.dialect, source.unknown) == ("", 3)
    found = source.read([LOGIN % 1, LOGIN % 2])
    assert source.dialect == "syslog"
    assert [type(record) for record in found] == [Login, Login]
    assert isinstance(found[0], Login)
    assert found[0].service is Service.IMAPS


def test_lines_of_no_form_are_counted() -> None:
    """Those that merely say nothing of interest are not."""
    source = Source("x", "syslog")
    source.read([b"Nov 22 03:36:16 mail cron[1]: nothing", STRANGE, b"", LOGIN % 1])
    assert (source.lines, source.unknown, source.faults) == (4, 1, 0)


def test_a_parser_that_fails_costs_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are read."""

    def parse(line: bytes) -> Login | None:
        if line == b"poison":
            raise RuntimeError("a fault of ours")
        return Login(1.0, Service.IMAP, "", "") if line == b"login" else None

    broken = dialects.DIALECTS["syslog"]
    monkeypatch.setitem(
        dialects.DIALECTS,
        "syslog",
        dialects.Dialect(broken.name, "", (), broken.form, lambda _: parse),
    )
    source = Source("x", "syslog")
    assert len(source.read([b"login", b"poison", b"login"])) == 2
    assert source.faults == 1


def test_what_another_log_has_told_is_left_out() -> None:
    """Only of syslog's: others name no message that two logs could share."""
    asked = []

    def is_new(log: str, message: bytes, at: float) -> bool:
        asked.append((log, message[:12], at))
        return len(asked) > 1

    source = Source("x", "syslog", reference=1_795_000_000.0)
    assert len(source.read([LOGIN % 1, STRANGE, LOGIN % 2], is_new)) == 1
    assert [(log, message) for log, message, _ in asked] == [("x", b"imap-login: ")] * 2


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/var/log/smtp2/current", "qmail-submission"),
        ("/var/log/smtp/current", "qmail"),
        ("/var/log/mail.log", "syslog"),
    ],
)
def test_usual_places(path: str, name: str) -> None:
    """Two dialects that look the same are told apart by where they lie."""
    dialect = usual_dialect(path)
    assert dialect is not None
    assert dialect.name == name
    assert usual_dialect("/nowhere") is None
