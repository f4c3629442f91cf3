"""The daemon as a process of its own, and the verbs that talk to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from core.store.event_filter import EventFilter
from tests.core.cli.desk import Desk
from tests.databases import write_asn, write_country

PATIENCE = 60
"""Seconds that a busy machine may take."""


@contextmanager
def serving(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon that answers; it says so as to a service manager."""
    place = str(desk.config.run / "ready")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
        ready.bind(place)
        with (desk.directory / "daemon.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "core", "--config", str(desk.file), "serve"],
                stderr=log,
                env=os.environ | {"NOTIFY_SOCKET": place},
                cwd=Path(__file__).parents[3],
            )
        try:
            _await_ready(ready, process, desk.directory / "daemon.log")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
            Path(place).unlink()


def _await_ready(ready: socket.socket, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    ready.settimeout(0.5)
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with suppress(TimeoutError):
            if b"READY=1" in ready.recv(4096):
                return
    raise AssertionError(f"not ready in time\n{log.read_text()}")


@pytest.fixture
def guarded(desk: Desk) -> Desk:
    """A server that knows two networks and permits three mails."""
    write_country(
        desk.config.data / "country.mmdb", {"203.0.113.0/24": "RU", "198.51.100.0/24": "AT"}
    )
    write_asn(desk.config.data / "asn.mmdb", {"203.0.113.0/24": (64500, "Example")})
    desk("set", "country.mode", "refuse")
    desk("set", "country.list", "RU")
    desk("set", "send.limit", "3")
    return desk


def _ask(desk: Desk, **attributes: object) -> str:
    """Ask as Postfix does (SMTPD_POLICY_README)."""
    given = {"request": "smtpd_access_policy", "client_port": 40123, "server_port": 587}
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(PATIENCE)
        channel.connect(str(desk.config.run / "policy.sock"))
        lines = [f"{name}={value}\n" for name, value in (given | attributes).items()]
        channel.sendall("".join([*lines, "\n"]).encode())
        return channel.recv(4096).decode().strip()


def _send(desk: Desk, account: str, number: int) -> str:
    return _ask(
        desk,
        protocol_state="END-OF-MESSAGE",
        client_address="198.51.100.1",
        sasl_username=account,
        instance=f"{account}.{number}",
        recipient_count=1,
    )


def test_a_day_in_the_life(guarded: Desk) -> None:
    """D11, B1, B6, K6: refused, explained, blocked, released; and the record of it."""
    desk = guarded
    with serving(desk) as process:
        refused = _ask(desk, protocol_state="CONNECT", client_address="203.0.113.7")
        assert refused.startswith("action=REJECT 5.7.1 Logins from Russia")
        page = desk(*("explain", "203.0.113.7", "--account", "bob@example.test", "--port", "587"))
        assert "=> refused at connect: 203.0.113.7 is in RU: is refused [country]" in page.stdout
        assert page.stderr == ""

        assert [_send(desk, "bob@example.test", n)[:12] for n in range(4)] == [
            *["action=DUNNO"] * 3,
            "action=DEFER",
        ]
        listed = desk.json("blocked", "list", "--json")["blocked"]
        assert [block["account"] for block in listed] == ["bob@example.test"]
        assert "may send again" in desk("blocked", "release", "bob@example.test").stdout
        assert _send(desk, "bob@example.test", 5).startswith("action=DUNNO")

        desk("exempt", "add", "203.0.113.7")
        passed = _ask(desk, protocol_state="CONNECT", client_address="203.0.113.7")
        assert passed.startswith("action=DUNNO"), "an exemption counts at once"

        status = desk.json("status", "--json", code=1)
        assert (status["pid"], list(status["problems"])) == (process.pid, ["notify.address"])
        assert status["stages"]["connect"]["asked"] == 2
    assert process.returncode == 0
    with desk.store() as store:
        found = store.events.find(EventFilter())
    assert {event.reason for event in found} >= {"country", "send_limit", "exempt_address"}
    assert desk.json("blocked", "history", "--json")[0]["released_by"]


def test_a_block_survives_and_can_be_released_meanwhile(guarded: Desk) -> None:
    """B7: over a restart, and from the ledger while nothing runs."""
    desk = guarded
    with serving(desk):
        for account in ("bob@example.test", "al@example.test"):
            for number in range(4):
                _send(desk, account, number)
    assert len(desk.json("blocked", "list", "--json")["blocked"]) == 2
    desk("blocked", "release", "al@example.test")
    with serving(desk):
        assert _send(desk, "bob@example.test", 9).startswith("action=DEFER")
        assert _send(desk, "al@example.test", 9).startswith("action=DUNNO")


def test_a_door_that_was_shut_is_tried_again(guarded: Desk) -> None:
    """A hook makes the folder for a socket after the daemon has started."""
    folder = guarded.config.run / "postfix"
    folder.write_text("no folder yet")
    text = guarded.file.read_text()
    own, late = guarded.config.policy[0], f"unix:{folder}/policy.sock"
    guarded.file.write_text(text.replace("[listen]", f'[listen]\npolicy = ["{own}", "{late}"]'))
    with serving(guarded):
        assert f"door {late}" in guarded.json("status", "--json", code=1)["problems"]
        folder.unlink()
        folder.mkdir()
        guarded("set", "send.limit", "4")
        assert f"door {late}" not in guarded.json("status", "--json", code=1)["problems"]
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(PATIENCE)
            channel.connect(f"{folder}/policy.sock")
            channel.sendall(b"request=smtpd_access_policy\nprotocol_state=CONNECT\n\n")
            assert channel.recv(4096).startswith(b"action=")


def test_a_second_daemon_refuses_to_start(guarded: Desk) -> None:
    """One line, and the first goes on."""
    with serving(guarded):
        second = subprocess.run(
            [sys.executable, "-m", "core", "--config", str(guarded.file), "serve"],
            capture_output=True,
            check=False,
            timeout=PATIENCE,
            cwd=Path(__file__).parents[3],
        )
        assert second.returncode == 5
        assert b"another daemon already runs" in second.stderr
        assert b"Traceback" not in second.stderr
        assert _ask(guarded, protocol_state="CONNECT", client_address="198.51.100.1")


def test_what_it_says_is_json_lines_in_a_log(guarded: Desk) -> None:
    """D7: a log that programs read."""

    with serving(guarded):
        pass
    lines = (guarded.directory / "daemon.log").read_text().splitlines()
    said = [json.loads(line)["event"] for line in lines]
    assert said[0] == "answering"
    assert said[-1] == "ended"


def test_the_verb_hands_over_the_configuration_and_the_panel(desk: Desk) -> None:
    """And nothing else: the daemon's room is not the command line's."""
    desk("serve")
    assert desk.served == [desk.config]
