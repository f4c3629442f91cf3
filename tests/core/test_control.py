"""The control socket's client: what it asks, and what it makes of every kind of answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from core.control import Control
from core.errors import ControlError, DaemonUnreachable


@contextmanager
def daemon(answers: bytes, family: int = socket.AF_UNIX, path: Path = Path()) -> Iterator[str]:
    """Something that reads one line, answers, and hangs up."""
    listening = socket.socket(family)
    listening.bind(str(path / "control.sock") if family == socket.AF_UNIX else ("127.0.0.1", 0))
    listening.listen()
    listening.settimeout(10)
    heard: list[bytes] = []

    def serve() -> None:
        peer, _ = listening.accept()
        with peer, peer.makefile("rb") as stream:
            heard.append(stream.readline())
            peer.sendall(answers)

    thread = threading.Thread(target=serve)
    thread.start()
    if family == socket.AF_UNIX:
        yield f"unix:{path}/control.sock"
    else:
        yield f"tcp:127.0.0.1:{listening.getsockname()[1]}"
    thread.join(10)
    listening.close()
    assert msgspec.json.decode(heard[0])["do"]


@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_INET])
def test_an_answer_is_its_result(tmp_path: Path, family: int) -> None:
    """On a unix socket and on a loopback port alike."""
    with daemon(b'{"ok":true,"result":{"blocked":2}}\n', family, tmp_path) as endpoint:
        assert Control(endpoint).call("status") == {"blocked": 2}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b'{"ok":false,"error":"there is no verb"}\n', "there is no verb"),
        (b'{"ok":false}\n', "without a reason"),
        (b"[1]\n", "without a reason"),
        (b"nonsense\n", "answered nonsense"),
        (b"\xff\xfe\n", "answered nonsense"),
    ],
)
def test_a_refusal_is_an_error_with_its_text(tmp_path: Path, answer: bytes, says: str) -> None:
    """And not the same as a daemon that does not run."""
    with (
        daemon(answer, path=tmp_path) as endpoint,
        pytest.raises(ControlError, match=says) as refusal,
    ):
        Control(endpoint).call("release", account="a@example.test")
    assert not isinstance(refusal.value, DaemonUnreachable)


def test_a_daemon_that_hangs_up_did_not_answer(tmp_path: Path) -> None:
    """It may have died of it."""
    with (
        daemon(b"", path=tmp_path) as endpoint,
        pytest.raises(DaemonUnreachable, match="without an answer"),
    ):
        Control(endpoint).call("status")


def test_half_an_answer_is_none(tmp_path: Path) -> None:
    """It may have died in the middle: nobody must take it for a refusal, or for nonsense."""
    with (
        daemon(b'{"ok":true,"resu', path=tmp_path) as endpoint,
        pytest.raises(DaemonUnreachable, match="broke off"),
    ):
        Control(endpoint).call("status")


def test_a_long_answer_is_read_whole(tmp_path: Path) -> None:
    """Thousands of blocked accounts are more than a megabyte."""
    answer = msgspec.json.encode({"ok": True, "result": "x" * (3 << 20)})
    with daemon(answer + b"\n", path=tmp_path) as endpoint:
        assert len(Control(endpoint).call("blocks")) == 3 << 20


@pytest.mark.parametrize("endpoint", ["unix:{}/absent.sock", "tcp:127.0.0.1:1"])
def test_a_daemon_that_does_not_run_cannot_be_reached(tmp_path: Path, endpoint: str) -> None:
    """The command line decides itself then, or exits with 3."""
    with pytest.raises(DaemonUnreachable, match="cannot be reached at"):
        Control(endpoint.format(tmp_path)).call("status")


def test_a_daemon_that_is_frozen_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """It accepts, because the kernel does, and says nothing."""
    with socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(str(tmp_path / "control.sock"))
        frozen.listen()
        with pytest.raises(DaemonUnreachable):
            Control(f"unix:{tmp_path}/control.sock", timeout=0.1).call("status")


def test_following_yields_events_until_the_daemon_ends(tmp_path: Path) -> None:
    """D4."""
    lines = b'{"ok":true,"result":{"reason":"country"}}\n{"ok":true,"result":{"reason":"local"}}\n'
    with daemon(lines, path=tmp_path) as endpoint:
        assert [event["reason"] for event in Control(endpoint).follow()] == ["country", "local"]
