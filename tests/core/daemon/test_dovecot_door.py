"""Dovecot's wire on a real socket: the exchange of facts/mta_hooks.md 3.2, and what is not it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.daemon.connections import Connections
from core.daemon.dovecot_door import (
    HEADS,
    KEY_HEADER,
    LONGEST_BODY,
    DovecotConnection,
    Login,
    Report,
    service_of,
)
from core.engine.observation import LoginSeen
from core.words import Reason, Service, Stage
from tests.core.daemon.rig import GERMANY, RUSSIA, Peer, Rig, Talk, converse
from tests.core.engine.asking import snapshot

KEY = "lab secret"
REFUSE_RU = {"country.mode": "refuse", "country.list": ["RU"]}


def request(
    command: str = "allow", body: bytes | None = None, key: str | None = KEY, **login: Any
) -> bytes:
    """A request as Dovecot 2.3 writes it."""
    fields = {"device_id": "", "login": "a@example.test", "protocol": "imap", "pwhash": "017e"}
    payload = msgspec.json.encode(fields | login) if body is None else body
    secret = f"{KEY_HEADER}:  {key}\r\n" if key is not None else ""
    head = (
        f"POST /?command={command} HTTP/1.1\r\nHost: 127.0.0.1:4001\r\nDate: now\r\n"
        f"User-Agent: dovecot/auth-policy-client\r\nConnection: Keep-Alive\r\n{secret}"
        f"Content-Length: {len(payload)}\r\nContent-Type: application/json\r\n\r\n"
    )
    return head.encode() + payload


async def reply(peer: Peer) -> tuple[int, dict[str, Any]]:
    """Status and body of the next response."""
    head = await peer.answer(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    body = await peer._reader.readexactly(length)
    return int(head.split()[1]), msgspec.json.decode(body)


def talk_to(rig: Rig, directory: Path, talk: Talk) -> list[str]:
    """Serve the rig; returns the login names that were seen."""
    connections = Connections[DovecotConnection]()
    seen: list[str] = []
    converse(
        directory,
        lambda: DovecotConnection(rig.guard, KEY.encode(), connections, seen.append),
        talk,
    )
    return seen


def test_a_refused_country_is_refused_before_the_password(tmp_path: Path) -> None:
    """A2: one kept-alive connection; the text without a code, which mail programs would show."""

    async def talk(peer: Peer) -> None:
        await peer.send(request(remote=RUSSIA))
        status, answer = await reply(peer)
        assert status == 200
        assert answer["status"] == -1
        assert answer["msg"] == "Logins from Russia are not permitted; ask your mail administrator"
        await peer.send(request(remote=GERMANY))
        assert await reply(peer) == (200, {"status": 0, "msg": ""})

    rig = Rig(REFUSE_RU)
    assert talk_to(rig, tmp_path, talk) == ["a@example.test"] * 2
    assert [(e.stage, e.reason) for e in rig.events()] == [(Stage.CONNECT, Reason.COUNTRY)]


def test_the_account_s_own_rule_counts_for_reading(tmp_path: Path) -> None:
    """A12: an open server, a mailbox with a rule of its own."""
    rig = Rig()
    rig.guard.snapshot = snapshot(mailboxes={"a@example.test": REFUSE_RU})

    async def talk(peer: Peer) -> None:
        await peer.send(request(remote=RUSSIA) + request(remote=RUSSIA, login="b@example.test"))
        assert (await reply(peer))[1]["status"] == -1
        assert (await reply(peer))[1]["status"] == 0

    talk_to(rig, tmp_path, talk)
    assert [e.stage for e in rig.events()] == [Stage.AUTH]


def test_smtp_gets_the_server_s_rules_and_a_code(tmp_path: Path) -> None:
    """The mail server's own hook applies the account's rules after the password."""
    rig = Rig()
    rig.guard.snapshot = snapshot(mailboxes={"a@example.test": REFUSE_RU})

    async def talk(peer: Peer) -> None:
        await peer.send(request(remote=RUSSIA, protocol="smtp"))
        assert (await reply(peer))[1]["status"] == 0
        rig.guard.snapshot = snapshot(REFUSE_RU)
        rig.guard.forget()
        await peer.send(request(remote=RUSSIA, protocol="smtp"))
        assert (await reply(peer))[1]["msg"].startswith("5.7.1 Logins from Russia")

    talk_to(rig, tmp_path, talk)


def test_reports_are_noted_once(tmp_path: Path) -> None:
    """Our own refusals are not password failures; sending is noted by the mail server's hook."""
    rig = Rig()

    async def talk(peer: Peer) -> None:
        for success, refused, protocol in (
            (True, False, "imap"),
            (False, False, "imap"),
            (False, True, "imap"),
            (True, False, "smtp"),
            (False, False, "smtp"),
        ):
            await peer.send(
                request(
                    "report",
                    remote=GERMANY,
                    success=success,
                    policy_reject=refused,
                    protocol=protocol,
                )
            )
            assert (await reply(peer))[0] == 200

    talk_to(rig, tmp_path, talk)
    assert [(e.reason, e.service) for e in rig.events()] == [
        (Reason.LOGIN_OK, Service.IMAP),
        (Reason.LOGIN_FAILED, Service.IMAP),
        (Reason.LOGIN_FAILED, Service.SMTP),
    ]


@pytest.mark.parametrize(
    ("raw", "status", "goes_on"),
    [
        (request(key=None), 403, False),
        (request(key="guess"), 403, False),
        (request(key=""), 403, False),
        (b"GET / HTTP/1.1\r\n\r\n", 404, False),
        (b"POST /?command=reset HTTP/1.1\r\n\r\n", 404, False),
        (request(body=b"{nonsense"), 400, True),
        (request(body=b"\xff\xfe\x00"), 400, True),
        (request(body=b"[]"), 400, True),
        (request(body=b'{"login": 7}'), 400, True),
        (b"POST /?command=allow HTTP/1.1\r\n" + b"x: y\r\n" * 5000, 431, False),
        (request(body=b"x" * (LONGEST_BODY + 1)), 413, False),
    ],
)
def test_what_makes_no_sense_is_an_error_and_no_refusal(
    tmp_path: Path, raw: bytes, status: int, goes_on: bool
) -> None:
    """Dovecot takes an HTTP error for "no opinion": the login goes on."""

    async def talk(peer: Peer) -> None:
        await peer.send(raw)
        assert (await reply(peer))[0] == status
        if goes_on:
            await peer.send(request(remote=GERMANY))
            assert (await reply(peer))[0] == 200
        else:
            assert await peer.rest() == b""

    talk_to(Rig(REFUSE_RU), tmp_path, talk)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_leave_the_door_standing(tmp_path: Path, noise: bytes, as_body: bool) -> None:
    """A fuzz: whatever comes, the next connection is answered."""

    async def noisy(peer: Peer) -> None:
        await peer.send(request(body=noise) if as_body else noise)
        peer.end()
        await peer.rest()

    async def proper(peer: Peer) -> None:
        await peer.send(request(remote=RUSSIA))
        assert (await reply(peer))[1]["status"] == -1

    rig = Rig(REFUSE_RU)
    talk_to(rig, tmp_path, noisy)
    talk_to(rig, tmp_path, proper)


def test_pieces_and_pipelines(tmp_path: Path) -> None:
    """TCP promises bytes, not requests."""
    raw = request(remote=RUSSIA) + request(remote=GERMANY)

    async def talk(peer: Peer) -> None:
        for start in range(0, len(raw), 7):
            await peer.send(raw[start : start + 7])
        assert [(await reply(peer))[1]["status"] for _ in range(2)] == [-1, 0]

    talk_to(Rig(REFUSE_RU), tmp_path, talk)


@pytest.mark.parametrize(
    ("fields", "service"),
    [
        ({"protocol": "imap", "lport": "993"}, Service.IMAPS),
        ({"protocol": "imap", "lport": 143, "tls": True}, Service.IMAP),
        ({"protocol": "imap", "tls": True}, Service.IMAPS),
        ({"protocol": "pop3"}, Service.POP3),
        ({"protocol": "pop3", "lport": "995"}, Service.POP3S),
        ({"protocol": "smtp", "lport": "0"}, Service.SMTP),
        ({"protocol": "submission"}, Service.SUBMISSION),
        ({"protocol": "sieve"}, Service.UNKNOWN),
        ({"protocol": "imap", "lport": "99999999999"}, Service.IMAP),
        ({"protocol": "imap", "lport": None}, Service.IMAP),
    ],
)
def test_the_service_comes_from_the_port_where_there_is_one(
    fields: dict[str, Any], service: Service
) -> None:
    """SMTP logins carry no port (facts/mta_hooks.md 3.2)."""
    assert service_of(Login(**fields)) is service


@pytest.mark.parametrize(
    "name", [" A@Example.test", "a@example.test.", "a", " " * 400 + "a@example.test"]
)
def test_an_account_is_the_same_however_its_name_is_spelled(tmp_path: Path, name: str) -> None:
    """A12: its rule counts, and so does another one, the third time that somebody asks as well."""
    rig = Rig()
    rule = {"a@example.test": REFUSE_RU}
    home = {"login.default_domain": "example.test"}

    async def talk(peer: Peer) -> None:
        for settings_now, status in ((home, 0), (home | REFUSE_RU, -1), (home, 0)):
            rig.guard.snapshot = snapshot(settings_now)
            rig.guard.forget()
            for _ in range(3):
                await peer.send(request(remote=RUSSIA, login=name))
                assert (await reply(peer))[1]["status"] == status
        rig.guard.snapshot = snapshot(home, mailboxes=rule)
        rig.guard.forget()
        for _ in range(3):
            await peer.send(request(remote=RUSSIA, login=name))
            assert (await reply(peer))[1]["status"] == -1
            await peer.send(request(remote=RUSSIA, login=name.replace("a", "b", 1)))
            assert (await reply(peer))[1]["status"] == 0

    talk_to(rig, tmp_path, talk)


def test_without_a_name_no_account_is_asked_about(tmp_path: Path) -> None:
    """Blanks are nobody: only the server's rules count."""
    rig = Rig()
    rig.guard.snapshot = snapshot(mailboxes={"a@example.test": REFUSE_RU})

    async def talk(peer: Peer) -> None:
        for _ in range(3):
            await peer.send(request(remote=RUSSIA, login="  "))
            assert (await reply(peer))[1]["status"] == 0

    talk_to(rig, tmp_path, talk)
    assert rig.events() == []


def test_a_head_of_each_second_is_known_and_few_are_kept(tmp_path: Path) -> None:
    """Dovecot writes the date; a connection may live for weeks."""
    rig = Rig(REFUSE_RU)
    doors: list[DovecotConnection] = []

    def door() -> DovecotConnection:
        connections = Connections[DovecotConnection]()
        doors.append(DovecotConnection(rig.guard, KEY.encode(), connections, lambda _: None))
        return doors[-1]

    async def talk(peer: Peer) -> None:
        for second in range(3 * HEADS):
            date = b"Date: %d\r\n" % second
            for address, status in ((RUSSIA, -1), (GERMANY, 0)):
                await peer.send(request(remote=address).replace(b"Date: now\r\n", date))
                assert (await reply(peer))[1]["status"] == status
            known = doors[0].known_heads
            assert any(date in head for head in known)
            assert len(known) <= HEADS
        wrong = request(remote=GERMANY, key="guess").replace(b"Date: now\r\n", date)
        await peer.send(wrong)
        assert (await reply(peer))[0] == 403

    converse(tmp_path, door, talk)


def test_the_password_hash_is_not_even_read() -> None:
    """It has no field to be kept in."""
    assert "pwhash" not in Login.__struct_fields__


def test_a_report_tells_equal_passwords_apart_and_nobody_else_hears_of_it(tmp_path: Path) -> None:
    """A18, facts/mta_hooks.md 3.2: in memory only."""
    rig = Rig()
    seen: list[LoginSeen] = []
    rig.guard.observers.logins.append(seen.append)

    async def talk(peer: Peer) -> None:
        for pwhash in ("0a1e", "0a1e", "0b2f", 17, None):
            await peer.send(request("report", remote=RUSSIA, success=False, pwhash=pwhash))
            await reply(peer)

    talk_to(rig, tmp_path, talk)
    assert [each.attempt for each in seen] == ["0a1e", "0a1e", "0b2f", "", ""]
    assert all("0a1e" not in repr(each) for each in (*seen, *rig.events()))
    report = Report(login="a", pwhash="0a1e")
    assert "0a1e" not in repr(report) + str(report.__rich_repr__())


@pytest.mark.parametrize("protocol", ["imap", "smtp"])
def test_behind_an_attacker_s_address_the_account_decides(tmp_path: Path, protocol: str) -> None:
    """A18: an infected machine in an office, whose people are at home there, at any port."""
    rig = Rig()
    judge = rig.guard.judge
    for day in range(6):
        judge.good("a@example.test", rig.guard.look(RUSSIA), time.time() - day * 86_400)
    for number in range(40):
        where = rig.guard.look(RUSSIA)
        name = f"x{number}@example.test"
        judge.observe(LoginSeen(time.time(), Service.IMAP, where, name, False))

    async def talk(peer: Peer) -> None:
        await peer.send(request(remote=RUSSIA, protocol=protocol))
        assert (await reply(peer))[1]["status"] == 0
        await peer.send(request(remote=RUSSIA, protocol=protocol, login="x1@example.test"))
        _, answer = await reply(peer)
        assert answer["status"] == -1
        assert "Too many failed logins" in answer["msg"]

    talk_to(rig, tmp_path, talk)
    assert [event.reason for event in rig.events()] == [Reason.ATTACKER_SEEN]
