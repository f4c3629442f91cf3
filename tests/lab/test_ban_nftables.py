"""A real nft and a real kernel: banned addresses are dropped at the mail ports, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from core.errors import PlanError
from core.system.ban_choice import choose
from core.system.ban_file import Ban
from core.system.ban_nftables import PORTS, Nftables
from tests.lab.conftest import available
from tests.lab.firewall import Firewall

FOREIGN = """\
table inet filter {
	set banned4 {
		type ipv4_addr
	}

	chain input {
		type filter hook input priority filter; policy accept;
		tcp dport 8080 drop
	}
}
"""

ALL = (25, 80, *PORTS)


@pytest.fixture
def firewall() -> Iterator[Firewall]:
    """A namespace in which nobody is banned."""
    with available(), Firewall() as found:
        yield found


def ban(firewall: Firewall, *addresses: str, seconds: float = 3600, smtp: bool = False) -> None:
    """Ban these, as root does."""
    now = time.time()
    choice = choose([Ban(each, now + seconds) for each in addresses], now, (), ())
    Nftables(firewall).apply(choice.chosen, smtp=smtp)


@pytest.mark.lab
def test_whoever_is_banned_is_dropped_at_the_mail_ports_alone(firewall: Firewall) -> None:
    """A18: by address and by /64; neighbours and other ports notice nothing."""
    everything = sorted(ALL)
    before = firewall.reached(*everything)
    assert all(ports == everything for ports in before.values())
    assert len(before) == 4
    ban(firewall, "192.0.2.66", "2001:db8:2::/64")
    assert firewall.reached(*everything) == {
        "192.0.2.66": [25, 80],
        "192.0.2.67": everything,
        "2001:db8:2::66": [25, 80],
        "2001:db8:3::67": everything,
    }
    assert Nftables(firewall).banned() == ["192.0.2.66", "2001:db8:2::/64"]


@pytest.mark.lab
def test_port_25_is_shut_where_that_is_set(firewall: Firewall) -> None:
    ban(firewall, "192.0.2.66", smtp=True)
    assert firewall.reached(25, 80)["192.0.2.66"] == [80]


@pytest.mark.lab
def test_twice_is_once_and_other_tables_are_nobodys_business(firewall: Firewall) -> None:
    """Applied, changed, and taken back: what others have set stays byte for byte."""
    assert not firewall.run(("nft", "-f", "-"), text=FOREIGN).code
    theirs = firewall.rules()
    ban(firewall, "192.0.2.66")
    ban(firewall, "192.0.2.66")
    assert firewall.rules().count("table inet mailward") == 1
    ban(firewall, "192.0.2.67")
    assert Nftables(firewall).banned() == ["192.0.2.67"]
    assert firewall.reached(587)["192.0.2.66"] == [587]
    Nftables(firewall).clear()
    assert firewall.rules() == theirs
    Nftables(firewall).clear()
    assert firewall.rules() == theirs
    assert Nftables(firewall).banned() == []


@pytest.mark.lab
def test_a_ban_ends_by_itself(firewall: Firewall) -> None:
    """In the kernel, also when nobody applies anything any more."""
    ban(firewall, "192.0.2.66", seconds=1)
    deadline = time.monotonic() + 20
    while "192.0.2.66" not in firewall.reached(587):
        assert time.monotonic() < deadline


@pytest.mark.lab
def test_what_nft_refuses_leaves_the_bans_as_they_were(firewall: Firewall) -> None:
    """One transaction: never a moment without."""
    ban(firewall, "192.0.2.66")
    bad = "table inet mailward\ndelete table inet mailward\nnonsense\n"
    assert firewall.run(("nft", "-f", "-"), text=bad).code
    assert Nftables(firewall).banned() == ["192.0.2.66"]
    with pytest.raises(PlanError, match="nft"):
        firewall.run(("nft", "nonsense")).require(PlanError)


@pytest.mark.lab
def test_ten_thousand_are_no_burden(firewall: Firewall) -> None:
    """E18: as many as attack in a bad week; no time is asserted but the suite's limit."""
    many = [f"198.51.{n >> 8}.{n & 255}" for n in range(10_000)]
    ban(firewall, *many, "192.0.2.66")
    assert len(Nftables(firewall).banned()) == 10_001
    assert firewall.reached(587).get("192.0.2.66") is None
