"""What rows mean, whatever file they were in. The logs' own tests have the forms of rows."""

from __future__ import annotations

import base64

import pytest
from msgspec.structs import replace

from core.maillog.mailenable_commands import MOST_SESSIONS, Commands, Row
from core.maillog.record import Failure, Login, Mail
from core.words import Service

BLANK = Row(
    at=7.0,
    agent=b"SMTP-IN",
    address="203.0.113.5",
    socket=b"1",
    service=Service.UNKNOWN,
    verb=b"",
    detail=b"",
    response=b"",
    user=b"",
)
GOOD = replace(BLANK, verb=b"AUTH", response=b"235 Authenticated", user=b"bob")
DATA = replace(BLANK, verb=b"DATA", response=b"354 go on")


def test_a_port_that_is_told_counts() -> None:
    for agent, service in ((b"SMTP-IN", Service.SMTPS), (b"POP3-IN", Service.POP3S)):
        verb, response = (b"AUTH", b"235 x") if agent == b"SMTP-IN" else (b"PASS", b"+OK")
        told = replace(BLANK, agent=agent, verb=verb, response=response, service=service)
        record = Commands().read(replace(told, user=b"bob"))
        assert record == Login(7.0, service, "203.0.113.5", "bob")


@pytest.mark.parametrize(
    "agent", [b"IMAP-OU", b"POP-OU", b"LS-IN", b"SMTP", b"POPULAR", b"", b"HTTPMAIL-IN"]
)
def test_other_agents_say_nothing(agent: bytes) -> None:
    assert Commands().read(replace(GOOD, agent=agent)) is None


def test_sessions_that_never_end_are_forgotten_oldest_first() -> None:
    commands = Commands()
    for number in range(MOST_SESSIONS + 1):
        commands.read(replace(GOOD, socket=b"%d" % number))
    assert len(commands._sessions) == MOST_SESSIONS
    assert commands.read(replace(DATA, socket=b"0")) is None
    assert isinstance(commands.read(replace(DATA, socket=b"1")), Mail)


def test_a_session_is_of_one_address() -> None:
    commands = Commands()
    commands.read(GOOD)
    assert commands.read(replace(DATA, address="203.0.113.6")) is None


def test_a_refused_recipient_counts_one_and_a_refused_mail_none() -> None:
    commands = Commands()
    commands.read(GOOD)
    refused = [
        commands.read(replace(BLANK, verb=verb, response=b"550 no")) for verb in (b"MAIL", b"RCPT")
    ]
    assert [r.recipients for r in refused if isinstance(r, Mail)] == [0, 1]


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (base64.b64encode(b"\0bob\0hunter2"), "bob"),
        (base64.b64encode(b"admin\0bob\0hunter2"), "bob"),
        (base64.b64encode(b"\0bob"), ""),
        (base64.b64encode(b"\0bob\0hunter2\0"), ""),
        (b"=====", ""),
        (b"AGJvYgBodW50ZXI", ""),
    ],
)
def test_auth_plain_tells_the_name_and_no_more(sent: bytes, name: str) -> None:
    tried = replace(BLANK, verb=b"AUTH", detail=b"AUTH PLAIN " + sent, response=b"535 no")
    assert Commands().read(tried) == Login(
        7.0, Service.UNKNOWN, "203.0.113.5", name, Failure.PASSWORD
    )


def test_a_password_without_a_user_names_nobody() -> None:
    tried = replace(BLANK, agent=b"POP-IN", verb=b"PASS", detail=b"PASS x", response=b"-ERR log on")
    record = Commands().read(tried)
    assert isinstance(record, Login)
    assert record.account == ""


def test_a_long_refusal_is_cut() -> None:
    commands = Commands()
    commands.read(GOOD)
    record = commands.read(replace(BLANK, verb=b"MAIL", response=b"550 " + b"x" * 9_000))
    assert isinstance(record, Mail)
    assert len(record.refused) == 200
