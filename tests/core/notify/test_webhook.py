"""One attempt to tell a webhook: what is sent, and what each answer means."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from pathlib import Path

import pytest

from core.notify import webhook
from core.notify.webhook import Sender, judged
from core.notify.webhook_event import WebhookEvent
from core.notify.webhook_sign import is_genuine
from tests.core.notify.hooked import SECRET, receiving, settings
from tests.core.notify.tls import certificate

EVENT = WebhookEvent(kind="block", at=1_763_784_000.0, account="bob@example.test", id="abc")


def test_what_is_sent() -> None:
    """B14: JSON, signed, with what tells a second delivery from the first."""
    with receiving() as receiver:
        outcome = Sender().send(EVENT, receiver.settings(), attempt=3)
        (call,) = receiver.calls
    assert outcome.taken
    assert call.path == "/hook?token=s3cret"
    assert json.loads(call.body)["account"] == "bob@example.test"
    assert call.headers["content-type"] == "application/json"
    assert call.headers["mailward-event"] == "block"
    assert call.headers["mailward-delivery"] == "abc"
    assert call.headers["mailward-attempt"] == "3"
    assert call.headers["host"] == f"127.0.0.1:{receiver.port}"
    at = float(call.headers["mailward-signature"].split(",")[0].removeprefix("t="))
    assert is_genuine(call.headers["mailward-signature"], SECRET, call.body, at)


def test_without_a_secret_nothing_is_signed() -> None:
    with receiving() as receiver:
        Sender().send(EVENT, receiver.settings(secret=""))
        assert "mailward-signature" not in receiver.calls[0].headers


@pytest.mark.parametrize(
    ("status", "taken", "final"),
    [
        (200, True, True),
        (202, True, True),
        (204, True, True),
        (301, False, False),
        (307, False, False),
        (400, False, True),
        (401, False, True),
        (404, False, True),
        (410, False, True),
        (408, False, False),
        (425, False, False),
        (429, False, False),
        (500, False, False),
        (503, False, False),
        (100, False, False),
    ],
)
def test_what_an_answer_means(status: int, taken: bool, final: bool) -> None:
    """Whoever says that we are wrong is believed; whoever is in trouble is asked again."""
    outcome = judged("h", status, "", 0.0)
    assert (outcome.taken, outcome.final) == (taken, final)
    assert str(status) in outcome.text


def test_a_redirect_is_not_followed() -> None:
    """Nowhere: it might lead to what may not be asked."""
    with receiving() as other, receiving((302, {"Location": other.url()}, b"")) as receiver:
        outcome = Sender().send(EVENT, receiver.settings())
        assert other.calls == []
    assert not outcome.taken
    assert "not followed" in outcome.text


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("120", 120, 120),
        ("9999999", 3600, 3600),
        ("soon", 0, 0),
        ("-5", 0, 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("Wed, 21 Oct 2115 07:28:00 GMT", 3600, 3600),
    ],
)
def test_a_receiver_may_ask_for_a_pause(value: str, low: float, high: float) -> None:
    """RFC 9110 10.2.3; an hour at most."""
    with receiving((429, {"Retry-After": value}, b"")) as receiver:
        assert low <= Sender().send(EVENT, receiver.settings()).wait <= high


def test_what_it_complains_about_is_shown_in_part() -> None:
    """Bounded, on one line, and without the token in the path."""
    answer = (400, dict[str, str](), b"unknown\x1b[31m\nuser " + b"x" * 5_000_000)
    with receiving(answer) as receiver:
        outcome = Sender().send(EVENT, receiver.settings())
    assert outcome.text.startswith("127.0.0.1 answered 400: unknown [31m user xxx")
    assert len(outcome.text) < 300
    assert outcome.final


def test_a_receiver_that_is_away_is_asked_again() -> None:
    """And people are not shown the path."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outcome = Sender().send(EVENT, settings(f"http://127.0.0.1:{port}/token"))
    assert not outcome.taken
    assert not outcome.final
    assert outcome.text == "127.0.0.1: Connection refused"


def _silent(monkeypatch: pytest.MonkeyPatch, drip: bytes, **limits: float) -> str:
    """What is said of a receiver that takes connections and never ends its answer."""
    for name, seconds in limits.items():
        monkeypatch.setattr(webhook, name, seconds)
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        with listener.accept()[0] as peer:
            while drip and not over.wait(0.02):
                try:
                    peer.sendall(drip)
                except OSError:
                    return
            over.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        outcome = Sender().send(EVENT, settings(f"http://127.0.0.1:{listener.getsockname()[1]}/"))
        over.set()
        thread.join()
    assert not outcome.taken
    assert not outcome.final
    return outcome.text


def test_a_receiver_that_is_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "silent for 0.1 seconds" in _silent(monkeypatch, b"", SECONDS=0.1)


def test_a_receiver_that_drips_is_left_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each octet resets the socket's own clock."""
    said = _silent(monkeypatch, b"X: y\r\n", SECONDS=5.0, TOTAL_SECONDS=0.2)
    assert "longer than 0.2 seconds" in said or "HTTP" in said or "X: y" in said


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for hooks.example.test, which signs itself."""
    return certificate(tmp_path_factory.mktemp("tls"), "hooks.example.test")


def _encrypted(file: Path, url: str, trusted: bool) -> tuple[str, list[bytes]]:
    """Tell a receiver with TLS on loopback, under another name."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    client = ssl.create_default_context(cafile=str(file) if trusted else None)
    came: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        try:
            with server.wrap_socket(listener.accept()[0], server_side=True) as peer:
                request = b""
                while not request.endswith(b"}"):
                    request += peer.recv(65_536)
                came.append(request)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        port = listener.getsockname()[1]
        real = socket.create_connection
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "create_connection", lambda _, t: real(("127.0.0.1", port), t))
            sender = Sender(lambda host, port: ["198.51.100.7"], client)
            outcome = sender.send(EVENT, settings(url))
        thread.join()
    return outcome.text, came


def test_the_certificate_must_be_the_hosts(authority: Path) -> None:
    """Though it is connected to by address."""
    text, came = _encrypted(authority, "https://hooks.example.test/x", True)
    assert text == "hooks.example.test answered 200"
    assert came[0].startswith(b"POST /x HTTP/1.1\r\n")
    assert b"Host: hooks.example.test\r\n" in came[0]
    text, came = _encrypted(authority, "https://other.example.test/x", True)
    assert "certificate is not trusted" in text
    assert came == []
    text, came = _encrypted(authority, "https://hooks.example.test/x", False)
    assert "certificate is not trusted" in text
    assert came == []


def test_what_may_not_be_asked_is_said() -> None:
    """SSRF: the outcome is a failure like others, so a DNS that is mended helps."""
    sender = Sender(lambda host, port: ["169.254.169.254"])
    outcome = sender.send(EVENT, settings("https://hooks.example.test/x"))
    assert "never asked" in outcome.text
    assert not outcome.taken
