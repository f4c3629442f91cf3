"""A webhook's address leads to a receiver, and never to what an attacker would like us to ask."""

from __future__ import annotations

import socket

import pytest

from core.errors import NoticeError
from core.notify.webhook_place import Place, find, host_of, resolve


def at(*addresses: str):  # type: ignore[no-untyped-def]  # a stand-in
    """Every name leads there."""
    return lambda host, port: list(addresses)


def test_the_address_that_was_looked_at_is_the_one_that_is_asked() -> None:
    """Nobody can answer twice, and differently."""
    place = find("https://Hooks.example.org:8443/a/b?token=1", at("198.51.100.7", "198.51.100.8"))
    assert place == Place("198.51.100.7", "hooks.example.org", 8443, True, "/a/b?token=1")
    assert place.authority == "hooks.example.org:8443"


@pytest.mark.parametrize(
    ("url", "authority", "target"),
    [
        ("https://hooks.example.org", "hooks.example.org", "/"),
        ("https://hooks.example.org:443/x", "hooks.example.org", "/x"),
        ("https://[2001:db8::1]/x", "[2001:db8::1]", "/x"),
    ],
)
def test_how_it_is_asked(url: str, authority: str, target: str) -> None:
    place = find(url, at("198.51.100.7"))
    assert (place.authority, place.target) == (authority, target)


@pytest.mark.parametrize("private", ["10.0.0.5", "192.168.1.5", "fd00::5"])
def test_an_own_network_is_a_place_to_ask(private: str) -> None:
    """Receivers often live there."""
    assert find("https://hooks.internal/", at(private)).address == private


@pytest.mark.parametrize("url", ["http://localhost:80/", "http://127.0.0.1/", "https://[::1]/"])
def test_this_server_is_asked_where_it_is_written(url: str) -> None:
    host = host_of(url)
    assert find(url, at("::1" if ":" in host else "127.0.0.1")).address


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "127.0.0.1",
        "::1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_a_name_does_not_lead_there(address: str) -> None:
    """SSRF: metadata services, this server's own programs, and nowhere."""
    with pytest.raises(NoticeError, match=r"hooks\.example\.org"):
        find("https://hooks.example.org/latest/meta-data", at("198.51.100.7", address))


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("https://169.254.169.254/latest", ["169.254.169.254"]),
        ("http://localhost/", ["198.51.100.7"]),
        ("https://nowhere.example/", []),
        ("gopher://x/", ["198.51.100.7"]),
        ("https://x:99999/", ["198.51.100.7"]),
    ],
)
def test_nor_does_a_literal(url: str, addresses: list[str]) -> None:
    with pytest.raises(NoticeError):
        find(url, at(*addresses))


def test_a_name_that_cannot_be_looked_up_is_said_without_the_token() -> None:
    """Many services have a token in the path."""

    def fail(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(NoticeError, match=r"^hooks\.example\.org: Name or service") as caught:
        find("https://hooks.example.org/T000/secret", fail)
    assert "secret" not in str(caught.value)


def test_the_system_is_asked() -> None:
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]
    assert host_of("http://[") == ""
