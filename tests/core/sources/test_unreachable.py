"""Why a server could not be reached, in words."""

from __future__ import annotations

import socket

import pytest
import requests
import urllib3

from core.sources.unreachable import in_words


@pytest.fixture
def closed() -> int:
    """A port at which nobody listens."""
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        return int(there.getsockname()[1])


def test_refused_connection_as_the_library_raises_it(closed: int) -> None:
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get(f"http://127.0.0.1:{closed}/", timeout=5)
    assert in_words(caught.value).startswith("the connection was refused")


def test_silent_server_as_the_library_raises_it() -> None:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        there.listen()
        port = there.getsockname()[1]
        with pytest.raises(requests.Timeout) as caught:
            requests.get(f"http://127.0.0.1:{port}/", timeout=0.1)
    assert in_words(caught.value) == "it stopped answering"


def test_name_that_does_not_resolve() -> None:
    pool = urllib3.HTTPSConnectionPool("lists.example.net")
    connection = urllib3.connection.HTTPConnection("lists.example.net")
    inner = urllib3.exceptions.NameResolutionError(
        "lists.example.net",
        connection,
        socket.gaierror(-2, "Name or service not known"),
    )
    error = requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/x", inner))
    assert in_words(error).startswith("its name cannot be resolved")


@pytest.mark.parametrize("error", [ValueError("odd"), requests.ConnectionError(), OSError(28, "x")])
def test_what_is_not_known_stands_for_itself(error: Exception) -> None:
    assert in_words(error) == ""
