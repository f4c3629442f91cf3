"""Serves a WSGI application in this process while a test looks at it: on loopback, or on a socket.

In this process, so that a test can look behind the pages, too. The product's own server is tested
where the product starts it.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed.wsgi import WSGIApplication


class _Quiet(WSGIRequestHandler):
    """Does not write a line for every request."""

    def log_request(self, *_args: Any, **_more: Any) -> None:
        """Nothing: a test asks the application what it got."""


@contextlib.contextmanager
def serving(application: WSGIApplication) -> Iterator[str]:
    """Serve on a free loopback port. Yields the address without a slash: `http://127.0.0.1:1234`.

    Several requests are answered at once, each in a thread of its own.
    """
    with _running("127.0.0.1", application) as server:
        yield f"http://127.0.0.1:{server.port}"


@contextlib.contextmanager
def serving_on_socket(application: WSGIApplication, socket: Path) -> Iterator[None]:
    """Serve on a unix socket, as the pages' own process does. The path must not exist yet."""
    with _running(f"unix://{socket}", application):
        yield


@contextlib.contextmanager
def _running(host: str, application: WSGIApplication) -> Iterator[BaseWSGIServer]:
    server = make_server(host, 0, application, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="serving")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
