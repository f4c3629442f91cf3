"""The server's name is fit to be the sender's domain, and seldom needs a name server."""

from __future__ import annotations

import pytest

from core.notify.host_name import host_name


@pytest.mark.parametrize(
    ("own", "full", "name"),
    [
        ("mx.example.test", "not asked", "mx.example.test"),
        ("mx", "mx.example.test", "mx.example.test"),
        ("mx", "mx", "mx"),
        ("mx", "bad name\r\n", "localhost"),
        ("bücher.test", "not asked", "localhost"),
        ("x" * 300 + ".test", "not asked", "localhost"),
        ("", "", "localhost"),
    ],
)
def test_host_name(monkeypatch: pytest.MonkeyPatch, own: str, full: str, name: str) -> None:
    """RFC 1123 2.1."""
    monkeypatch.setattr("socket.gethostname", lambda: own)
    monkeypatch.setattr("socket.getfqdn", lambda _: full)
    assert host_name() == name
