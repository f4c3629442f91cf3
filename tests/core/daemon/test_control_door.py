"""The control socket: an answer for everything, and nothing for strangers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.control import LONGEST
from core.daemon.connections import Connections
from core.daemon.control_door import ControlConnection
from core.errors import MailwardError
from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from tests.core.daemon.rig import Peer, Talk, converse


async def double(request: dict[str, Any]) -> Any:
    """A verb for tests."""
    return request["number"] * 2


async def fail(_: dict[str, Any]) -> Any:
    """A verb that refuses."""
    raise MailwardError("not today")


def talk_to(
    directory: Path,
    talk: Talk,
    *,
    trusted: bool = True,
    listeners: list[Callable[[Event], None]] | None = None,
) -> None:
    """Serve two verbs."""
    table = {"double": double, "fail": fail}
    heard = listeners if listeners is not None else []
    connections = Connections[ControlConnection]()
    converse(
        directory, lambda: ControlConnection(table, lambda _: trusted, heard, connections), talk
    )


async def line(peer: Peer) -> Any:
    """The next answer."""
    return msgspec.json.decode(await peer.answer(b"\n"))


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b'{"do":"double","number":21}', {"ok": True, "result": 42}),
        (b'{"do":"fail"}', {"ok": False, "error": "not today"}),
        (b'{"do":"dance"}', {"ok": False, "error": "there is no verb 'dance'"}),
        (b'{"number":1}', {"ok": False, "error": "there is no verb ''"}),
        (b'{"do":"double"}', {"ok": False, "error": "number is missing"}),
    ],
)
def test_every_request_gets_an_answer(tmp_path: Path, raw: bytes, answer: object) -> None:
    """And the connection stays usable."""

    async def talk(peer: Peer) -> None:
        await peer.send(raw + b"\n\n" + b'{"do":"double","number":1}\n')
        assert await line(peer) == answer
        assert await line(peer) == {"ok": True, "result": 2}

    talk_to(tmp_path, talk)


@pytest.mark.parametrize("raw", [b"nonsense", b"[1]", b"\xff\xfe", b'{"do":'])
def test_nonsense_is_answered_with_what_is_wrong(tmp_path: Path, raw: bytes) -> None:
    """Never a silence."""

    async def talk(peer: Peer) -> None:
        await peer.send(raw + b"\n")
        answer = await line(peer)
        assert answer["ok"] is False
        assert "no JSON object" in answer["error"]

    talk_to(tmp_path, talk)


def test_an_endless_line_ends_the_connection(tmp_path: Path) -> None:
    """Memory is bounded."""

    async def talk(peer: Peer) -> None:
        await peer.send(b"x" * (LONGEST + 1))
        assert (await line(peer))["error"] == "the request is too long"
        assert await peer.rest() == b""

    talk_to(tmp_path, talk)


def test_strangers_are_told_no(tmp_path: Path) -> None:
    """The control socket releases accounts."""

    async def talk(peer: Peer) -> None:
        await peer.send(b'{"do":"double","number":21}\n')
        assert (await line(peer))["ok"] is False

    talk_to(tmp_path, talk, trusted=False)


def test_a_client_that_half_closes_gets_its_answer(tmp_path: Path) -> None:
    """As shell tools do."""

    async def talk(peer: Peer) -> None:
        await peer.send(b'{"do":"double","number":4}\n')
        peer.end()
        assert msgspec.json.decode(await peer.rest()) == {"ok": True, "result": 8}

    talk_to(tmp_path, talk)


def test_followers_get_events_until_they_leave(tmp_path: Path) -> None:
    """D4: live follow."""
    listeners: list[Callable[[Event], None]] = []
    event = Event(
        at=1.0,
        last=1.0,
        stage=Stage.CONNECT,
        service=Service.IMAP,
        verdict=Verdict.DENY,
        reason=Reason.COUNTRY,
    )

    async def talk(peer: Peer) -> None:
        await peer.send(b'{"do":"follow"}\n{"do":"double","number":1}\n')
        assert await line(peer) == {"ok": True, "result": 2}
        listeners[0](event)
        assert (await line(peer))["result"]["reason"] == "country"

    talk_to(tmp_path, talk, listeners=listeners)
    assert listeners == []


def test_a_long_answer_arrives(tmp_path: Path) -> None:
    """Thousands of blocked accounts are more than a megabyte."""

    async def talk(peer: Peer) -> None:
        await peer.send(LONG)
        peer.end()
        answer = msgspec.json.decode(await peer.rest())
        assert len(answer["result"]) == 2 * LETTERS

    talk_to(tmp_path, talk)


def test_a_client_that_reads_nothing_is_hung_up_on(tmp_path: Path) -> None:
    """It must not fill the daemon's memory."""

    async def talk(peer: Peer) -> None:
        got = b""
        with suppress(ConnectionError):
            for _ in range(20):
                await peer.send(LONG)
            got = await peer.rest()
        assert got.count(b"\n") < 20

    talk_to(tmp_path, talk)


LETTERS = 900_000
LONG = msgspec.json.encode({"do": "double", "number": "x" * LETTERS}) + b"\n"
"""A request whose answer is longer than what a client may leave unread."""
