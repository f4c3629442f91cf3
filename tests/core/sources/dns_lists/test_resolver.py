"""The server's own name server is asked: in time, and never a public one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.errors import DataError
from core.sources.dns_lists.resolver import Resolver, system
from tests.core.sources.dns_lists.name_server import Answer, NameServer, serving

NAME = "2.0.0.127.k3y.authbl.example."


def ask(answer: Answer, budget: float = 5.0) -> tuple[frozenset[str], NameServer]:
    async def session() -> tuple[frozenset[str], NameServer]:
        async with serving(lambda _: answer) as server:
            return await Resolver(["127.0.0.1"], server.port, budget).ask(NAME), server

    return asyncio.run(session())


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (("127.0.0.4", "127.0.0.20"), {"127.0.0.4", "127.0.0.20"}),
        (None, set()),
        ((), set()),
    ],
    ids=["listed", "no such name", "a name without addresses"],
)
def test_answers(answer: Answer, found: set[str]) -> None:
    """A9."""
    assert ask(answer)[0] == found


def test_a_truncated_answer_is_asked_for_by_tcp() -> None:
    found, server = ask("truncated")
    assert found == {"127.0.0.9"}
    assert server.by_tcp == 1


@pytest.mark.parametrize(
    ("answer", "budget", "says"),
    [
        ("servfail", 5.0, "failed, or refuse"),
        ("refused", 5.0, "failed, or refuse"),
        ("slow", 0.05, "did not answer in time"),
        ("nonsense", 0.05, "did not answer in time|failed|cannot be asked"),
    ],
)
def test_what_goes_wrong_is_said_without_the_key(answer: Answer, budget: float, says: str) -> None:
    with pytest.raises(DataError, match=says) as raised:
        ask(answer, budget)
    assert "k3y" not in str(raised.value)


def test_nobody_there_is_an_error_in_time() -> None:
    async def session() -> Any:
        async with serving(lambda _: None) as server:
            port = server.port
        return await Resolver(["127.0.0.1"], port, 0.2).ask(NAME)

    with pytest.raises(DataError):
        asyncio.run(session())


def conf(path: Path, *servers: str) -> Path:
    path.write_text("search example.org\n" + "".join(f"nameserver {s}\n" for s in servers))
    return path


@pytest.mark.parametrize(
    ("servers", "behind", "asked"),
    [
        (["127.0.0.1"], [], ["127.0.0.1"]),
        (["192.0.2.53", "2001:db8::53"], [], ["192.0.2.53", "2001:db8::53"]),
        (["8.8.8.8", "192.0.2.53"], [], ["192.0.2.53"]),
        (["127.0.0.53"], ["192.0.2.53"], ["127.0.0.53"]),
        (["127.0.0.53"], [], ["127.0.0.53"]),
    ],
)
def test_the_servers_own_name_servers_are_asked(
    tmp_path: Path, servers: list[str], behind: list[str], asked: list[str]
) -> None:
    """Never through a public resolver (facts 3.1)."""
    found = system(conf(tmp_path / "a", *servers), conf(tmp_path / "b", *behind))
    assert found._resolver.nameservers == asked


@pytest.mark.parametrize(
    ("servers", "behind", "says"),
    [
        (["8.8.8.8"], [], "public resolver 8.8.8.8"),
        (["1.1.1.1", "9.9.9.9"], [], "public resolver 1.1.1.1"),
        (["2606:4700:4700:0::1111"], [], "public resolver 2606:4700:4700::1111"),
        (["127.0.0.53"], ["9.9.9.9"], "public resolver 9.9.9.9"),
        ([], [], "names no name server"),
    ],
)
def test_public_resolvers_are_told_and_not_asked(
    tmp_path: Path, servers: list[str], behind: list[str], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        system(conf(tmp_path / "a", *servers), conf(tmp_path / "b", *behind))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="names no name server"):
        system(tmp_path / "none")
