"""The table of dialects, and which one a log is in."""

from __future__ import annotations

import pytest

from core.maillog.dialects import DIALECTS, detect

SYSLOG = b"Nov 22 03:36:16 mail postfix/qmgr[28796]: 06E595346DE: removed\n"
DOVECOT = b"Nov 22 03:36:16 imap-login: Info: Disconnected (no auth attempts in 0 secs): user=<>\n"


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ([SYSLOG] * 3, "syslog"),
        ([b"\n", b"--- a note ---\n", SYSLOG, SYSLOG], "syslog"),
        ([DOVECOT], "dovecot"),
        ([b"2026-11-22 03:36:16 auth: Info: passwd-file(a,192.0.2.1): unknown user"], "dovecot"),
        (
            [b"Nov 22 03:36:16 auth(a b,192.0.2.1,sasl:plain)<x>: Info: sql: unknown user"],
            "dovecot",
        ),
        ([b"2026-11-22T03:36:16.5+01:00 mail dovecot: imap-login: Login: user=<a>"], "syslog"),
        ([], ""),
        ([b"", b" \n"], ""),
        ([b"<html>", b"<body>", SYSLOG], ""),
        ([bytes(range(256))] * 3, ""),
    ],
)
def test_a_log_is_recognised_by_its_lines(lines: list[bytes], name: str) -> None:
    """Feature E24."""
    assert detect(lines) == name


def test_names_are_the_keys_and_every_dialect_says_where_its_logs_are() -> None:
    for name, dialect in DIALECTS.items():
        assert dialect.name == name
        assert dialect.title
        assert all(path.startswith("/") or path[1:3] == ":\\" for path in dialect.files)
