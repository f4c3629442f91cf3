"""A mail is handed over by sendmail, else by SMTP, in bounded time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.errors import NoticeError
from core.notify import submission
from core.notify.block_notice import compose
from core.notify.submission import submit
from tests.core.notify.samples import block

ADMIN = "admin@example.test"


@pytest.fixture
def message() -> EmailMessage:
    """A notice."""
    return compose(block("jürgen@bücher.test"), ADMIN, "mx.example.test")


@pytest.fixture
def closed() -> tuple[str, int]:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
    return host, port


def _sendmail(directory: Path, script: str) -> Path:
    path = directory / "sendmail"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@contextmanager
def _server(*answers: str) -> Iterator[tuple[tuple[str, int], list[str]]]:
    """A mail server that says one answer after the other; gives its place and what it heard."""
    heard: list[str] = []

    def talk() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as stream:
            for answer in answers:
                connection.sendall(answer.encode() + b"\r\n")
                while line := stream.readline():
                    heard.append(line.decode().rstrip("\r\n"))
                    if not answer.startswith("354") or line == b".\r\n":
                        break

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=talk)
        thread.start()
        yield server.getsockname(), heard
        thread.join(30)


HELLO = ("220 mx ESMTP", "250 mx")
GOOD = (*HELLO, "250 ok", "250 ok", "354 go on", "250 2.0.0 queued as 4ABC", "221 bye")


def test_sendmail_gets_the_mail_and_the_recipient(
    tmp_path: Path, message: EmailMessage, closed: tuple[str, int]
) -> None:
    """As an argument behind --, with the empty sender; the headers decide nothing."""
    script = f'printf "%s|" "$@" >{tmp_path}/arguments; cat >{tmp_path}/mail'
    place = _sendmail(tmp_path, script)
    said = submit(message, "-oQ/x@example.test", places=[place], smtp=closed)
    assert said == f"{place} took it"
    assert (tmp_path / "arguments").read_text() == "-oi|-f||--|-oQ/x@example.test|"
    assert (tmp_path / "mail").read_bytes() == message.as_bytes()


def test_smtp_where_there_is_no_sendmail(tmp_path: Path, message: EmailMessage) -> None:
    """And the server's last word is told."""
    with _server(*GOOD) as (place, heard):
        said = submit(message, ADMIN, places=[tmp_path / "missing"], smtp=place)
    assert said.endswith("took it: 250 2.0.0 queued as 4ABC")
    assert heard[1].lower().startswith("mail from:<>")
    assert heard[2].lower() == f"rcpt to:<{ADMIN}>"
    assert "Auto-Submitted: auto-generated" in heard


def test_smtp_where_sendmail_fails(tmp_path: Path, message: EmailMessage) -> None:
    """A service manager may have forbidden it its privileges."""
    place = _sendmail(tmp_path, "echo postdrop: Permission denied >&2; exit 75")
    with _server(*GOOD) as (server, _):
        assert "took it: 250" in submit(message, ADMIN, places=[place], smtp=server)


def test_says_what_each_way_complained_about(
    tmp_path: Path, message: EmailMessage, closed: tuple[str, int]
) -> None:
    """Status shows it."""
    place = _sendmail(tmp_path, "echo postdrop: Permission denied >&2; exit 75")
    with pytest.raises(NoticeError, match=r"75: postdrop: Permission denied; 127.*refused"):
        submit(message, ADMIN, places=[place], smtp=closed)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("554 5.7.1 go\taway\x1b[2J",), r"554"),
        ((*HELLO, "250 ok", "550 5.1.1 no such user"), r"550 5\.1\.1 no such user"),
        ((*HELLO, "250 ok", "450 4.2.0 greylisted"), r"450 4\.2\.0 greylisted"),
        ((*HELLO, "250 ok", "250 ok", "354 go on", "552 too big"), r"552 too big"),
        ((*HELLO, "250 ok"), r"closed|reset"),
        (("nonsense",), r"127\.0\.0\.1"),
    ],
)
def test_what_a_server_refuses_is_told(
    message: EmailMessage, answers: tuple[str, ...], said: str
) -> None:
    """On one line, without anything that commands a terminal."""
    with _server(*answers) as (place, _), pytest.raises(NoticeError, match=said) as caught:
        submit(message, ADMIN, places=[], smtp=place)
    assert str(caught.value).isprintable()


def test_addresses_beyond_ascii_need_a_server_that_takes_them(message: EmailMessage) -> None:
    """RFC 6531."""
    with (
        _server(*HELLO, "250 ok") as (place, _),
        pytest.raises(NoticeError, match="beyond ASCII"),
    ):
        submit(message, "jürgen@bücher.test", places=[], smtp=place)
    able = ("220 mx ESMTP", "250-mx\r\n250 SMTPUTF8", *GOOD[2:])
    with _server(*able) as (place, heard):
        submit(message, "jürgen@bücher.test", places=[], smtp=place)
    assert heard[2] == "rcpt TO:<jürgen@bücher.test>"


def test_a_sendmail_that_hangs_is_ended_with_its_children(
    tmp_path: Path, message: EmailMessage, closed: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left behind that holds our pipes."""
    monkeypatch.setattr(submission, "SENDMAIL_SECONDS", 0.3)
    place = _sendmail(tmp_path, "sleep 600 & wait")
    begun = time.monotonic()
    with pytest.raises(NoticeError, match="did not end within"):
        submit(message, ADMIN, places=[place], smtp=closed)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("greeting", [b"", b"220-wait\r\n"])
def test_a_server_that_drips_is_left(
    message: EmailMessage, monkeypatch: pytest.MonkeyPatch, greeting: bytes
) -> None:
    """However steadily it does."""
    monkeypatch.setattr(submission, "SMTP_SECONDS", 0.5)
    ended = threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            while not ended.wait(0.1):
                try:
                    connection.sendall(greeting)
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip)
        thread.start()
        begun = time.monotonic()
        try:
            with pytest.raises(NoticeError, match="127"):
                submit(message, ADMIN, places=[], smtp=server.getsockname())
        finally:
            ended.set()
            thread.join(30)
    assert time.monotonic() - begun < 20


def test_a_sendmail_that_cannot_be_run_is_told(
    tmp_path: Path, message: EmailMessage, closed: tuple[str, int]
) -> None:
    """A broken package."""
    place = tmp_path / "sendmail"
    place.write_bytes(b"\x7fELF nonsense")
    place.chmod(0o755)
    with pytest.raises(NoticeError, match="cannot be run"):
        submit(message, ADMIN, places=[place], smtp=closed)
