"""A receiver of webhooks on loopback, and settings that lead to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

from core.settings.model import Settings
from core.settings.webhook import Kind, Webhook

SECRET = "0123456789abcdef0123456789abcdef"

Answer = tuple[int, dict[str, str], bytes]
"""Status, further headers, body."""

OK: Answer = (204, {}, b"")


@dataclass
class Call:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers with the next of its answers, the last one for ever.

    Attributes:
        answers: status, further headers, body.
        calls: what came.
    """

    answers: list[Answer] = field(default_factory=lambda: [OK])
    calls: list[Call] = field(default_factory=list)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    port: int = 0

    def url(self, path: str = "/hook?token=s3cret") -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}{path}"

    def settings(self, *events: Kind, secret: str = SECRET) -> Settings:
        """Settings that lead to it."""
        return settings(self.url(), *events, secret=secret)


def settings(url: str, *events: Kind, secret: str = SECRET) -> Settings:
    """Settings with a webhook; without events with those that are usual."""
    chosen: Sequence[Kind] = events or Webhook().events
    return Settings(webhook=Webhook(url, secret, tuple(chosen)))


@contextmanager
def receiving(*answers: Answer) -> Iterator[Receiver]:
    """Run a receiver for as long as the block takes."""
    receiver = Receiver(list(answers) or [OK])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append(Call(self.path, headers, body))
            last = len(receiver.answers) == 1
            status, more, said = receiver.answers[0] if last else receiver.answers.pop(0)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)
            receiver.came.release()

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
