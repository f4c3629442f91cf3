"""What nft is told: our table and no other, exactly, and twice as good as once.

tests/lab/test_ban_nftables.py asks the real nft and a real kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from core.errors import PlanError
from core.net.prefixes import Prefix
from core.system.ban_choice import Chosen
from core.system.ban_nftables import Nftables, ruleset
from core.system.host import NOT_FOUND, Host, Result

CHOSEN = (
    Chosen(Prefix.parse("192.0.2.1"), 3600),
    Chosen(Prefix.parse("198.51.100.0/24"), 60),
    Chosen(Prefix.parse("2001:db8::/64"), 5),
)

GONE = "table inet mailward\ndelete table inet mailward\n"


class Machine(Host):
    """A machine whose nft answers what it is told to."""

    def __init__(self, code: int = 0, stdout: str = "", stderr: str = "") -> None:
        super().__init__()
        self.answer = (code, stdout, stderr)
        self.calls: list[tuple[tuple[str, ...], str]] = []

    def run(self, command: Sequence[str], *, text: str = "", **_: Any) -> Result:
        """Note it."""
        self.calls.append((tuple(command), text))
        return Result(tuple(command), *self.answer)


def test_exactly_this_is_said() -> None:
    """A18: one table, two sets with ends, the mail ports alone."""
    assert (
        ruleset(CHOSEN, smtp=False)
        == GONE
        + """\
table inet mailward {
	set banned4 {
		type ipv4_addr
		flags interval, timeout
		elements = {
			192.0.2.1 timeout 3600s,
			198.51.100.0/24 timeout 60s
		}
	}
	set banned6 {
		type ipv6_addr
		flags interval, timeout
		elements = {
			2001:db8::/64 timeout 5s
		}
	}
	chain input {
		type filter hook input priority -10; policy accept;
		tcp dport { 110, 143, 465, 587, 993, 995 } ip saddr @banned4 drop
		tcp dport { 110, 143, 465, 587, 993, 995 } ip6 saddr @banned6 drop
	}
}
"""
    )


def test_port_25_only_where_it_is_set() -> None:
    """Mail of strangers comes there."""
    assert "{ 25, 110," in ruleset(CHOSEN, smtp=True)


def test_without_bans_nothing_of_ours_remains() -> None:
    assert ruleset((), smtp=True) == GONE


def test_nft_reads_it_from_its_input() -> None:
    """No shell, and no command line that grows with the attackers."""
    machine = Machine()
    Nftables(machine).apply(CHOSEN, smtp=False)
    Nftables(machine).clear()
    assert machine.calls == [
        (("nft", "-f", "-"), ruleset(CHOSEN, smtp=False)),
        (("nft", "-f", "-"), GONE),
    ]


def test_a_refusal_is_told() -> None:
    machine = Machine(1, stderr="Error: Could not process rule: Operation not permitted")
    with pytest.raises(PlanError, match="not permitted"):
        Nftables(machine).apply(CHOSEN, smtp=False)


def test_without_nft_the_package_is_named_and_there_is_nothing_to_take_back() -> None:
    machine = Machine(NOT_FOUND)
    with pytest.raises(PlanError, match="package nftables"):
        Nftables(machine).apply(CHOSEN, smtp=False)
    Nftables(machine).clear()


@pytest.mark.parametrize(
    ("machine", "banned"),
    [
        (Machine(1, stderr="Error: No such file or directory"), []),
        (Machine(0, '{"nftables": [{"metainfo": {}}, {"set": {"name": "banned4"}}]}'), []),
        (
            Machine(
                0,
                '{"nftables": [{"set": {"elem": [{"elem": {"val": "192.0.2.1", "timeout": 5}}, '
                '{"elem": {"val": {"prefix": {"addr": "198.51.100.0", "len": 24}}}}, '
                '"192.0.2.9"]}}]}',
            ),
            ["192.0.2.1", "198.51.100.0/24", "192.0.2.9"],
        ),
    ],
)
def test_who_is_banned_is_read(machine: Machine, banned: list[str]) -> None:
    assert Nftables(machine).banned() == banned


@pytest.mark.parametrize("said", ["", "[]", '{"nftables": [{"set": {"elem": [{"elem": {}}]}}]}'])
def test_what_cannot_be_read_is_told(said: str) -> None:
    with pytest.raises(PlanError, match="what nft says"):
        Nftables(Machine(0, said)).banned()
