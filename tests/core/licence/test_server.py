"""Keys are bound to a host's name or a machine; another one is told apart."""

from __future__ import annotations

import socket

import pytest

from core.licence import server as module
from core.licence.server import Server, fingerprint, this_server

HERE = Server(("mail.example.test", "mail"), "0123456789abcdef0123")


@pytest.mark.parametrize(
    ("binding", "meant"),
    [
        ("", True),
        ("host:mail.example.test", True),
        ("host:Mail.Example.TEST.", True),
        ("host:mail", True),
        ("host:mail2.example.test", False),
        ("host:example.test", False),
        ("host:", False),
        ("machine:0123456789abcdef0123", True),
        ("machine:0123456789ABCDEF0123", True),
        ("machine:0123456789abcdef0124", False),
        ("machine:", False),
        ("planet:earth", False),
    ],
)
def test_a_binding_names_a_server(binding: str, meant: bool) -> None:
    """E10."""
    assert HERE.is_meant_by(binding) == meant


def test_a_server_without_an_id_is_no_machine() -> None:
    """Two servers without one would be the same."""
    assert not Server(("mail",)).is_meant_by("machine:")
    assert fingerprint("  \n") == ""


def test_the_machines_id_is_not_shown() -> None:
    """machine-id(5): it is confidential, and is to be hashed for each application."""
    machine_id = "4f2a1c6e8b7d4a5f9c3e2b1a0d9f8e7c"
    shown = fingerprint(machine_id)
    assert shown == fingerprint(f"{machine_id.upper()}\n")
    assert shown != fingerprint(machine_id[:-1] + "d")
    assert len(shown) == 20
    assert shown not in machine_id
    assert machine_id[:6] not in shown


def test_asks_no_name_server_when_the_host_knows_its_full_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may be away."""

    def away(_: str) -> str:
        raise AssertionError

    monkeypatch.setattr(socket, "gethostname", lambda: "Mail.example.test")
    monkeypatch.setattr(socket, "getfqdn", away)
    assert this_server().names == ("mail.example.test",)


def test_knows_itself_by_both_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The short one still counts when the name server is away."""
    monkeypatch.setattr(socket, "gethostname", lambda: "mail")
    monkeypatch.setattr(socket, "getfqdn", lambda name: f"{name}.example.test")
    assert this_server().names == ("mail.example.test", "mail")
    monkeypatch.setattr(socket, "getfqdn", lambda name: name)
    assert this_server().names == ("mail",)
    monkeypatch.setattr(socket, "getfqdn", lambda _: "localhost")
    assert this_server().names == ("mail",)


@pytest.mark.parametrize("content", [None, b"", b"uninitialized\n", b"\xff\xfe"])
def test_goes_on_to_the_next_place(
    content: bytes | None, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image that never started has no id yet (machine-id(5))."""
    from pathlib import Path

    first, second = Path(str(tmp_path)) / "first", Path(str(tmp_path)) / "second"
    if content is not None:
        first.write_bytes(content)
    monkeypatch.setattr(module, "_MACHINE_ID", (first, second))
    assert this_server().machine == ""
    second.write_text("abc\n")
    assert this_server().machine == fingerprint("abc")
