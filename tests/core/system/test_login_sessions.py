"""Nobody who is logged in is banned: utmp and sshd say who is."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from core.system.login_sessions import peers


def record(kind: int, host: bytes, address: bytes) -> bytes:
    """A record, laid out as bits/utmp.h has it on 64-bit machines."""
    found = struct.pack(
        "=hxxi32s4s32s256shhiii16s20s",
        *(kind, 1, b"pts/0", b"ts/0", b"root", host, 0, 0, 0, 0, 0, address, b""),
    )
    assert len(found) == 384
    return found


V4 = bytes([192, 0, 2, 1]) + bytes(12)
V6 = bytes.fromhex("20010db8000000000000000000000001")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (record(7, b"client.example.test", V4), {"192.0.2.1"}),
        (record(7, b"192.0.2.7", bytes(16)), {"192.0.2.7"}),
        (record(7, b"client", V6) + record(7, b":0", V4), {"2001:db8::1", "192.0.2.1"}),
        (record(7, b"tmux(1).%0", bytes(16)), set()),
        (record(8, b"gone", V4), set()),
        (record(7, b"x", V4)[:100], set()),
        (record(7, b"\xff\xfe", V4) + b"rest", {"192.0.2.1"}),
        (b"", set()),
    ],
)
def test_utmp(tmp_path: Path, content: bytes, found: set[str]) -> None:
    """utmp(5): sessions only, and never an error."""
    (tmp_path / "utmp").write_bytes(content)
    assert peers(tmp_path / "utmp", {}) == found


@pytest.mark.parametrize(
    ("variable", "found"),
    [
        ("192.0.2.1 50000 203.0.113.1 22", {"192.0.2.1"}),
        ("2001:db8::1 50000 2001:db8::2 22", {"2001:db8::1"}),
        ("", set()),
        ("nonsense", set()),
    ],
)
def test_sshd(tmp_path: Path, variable: str, found: set[str]) -> None:
    """Where there is no utmp, whoever types the command is spared all the same."""
    assert peers(tmp_path / "nothing", {"SSH_CONNECTION": variable}) == found
