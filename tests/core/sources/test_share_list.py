"""Another server's attackers over time."""

from __future__ import annotations

import pytest
import responses

from core.net.addresses import parse
from core.net.prefixes import Prefix
from core.sources.facts import AddressFacts
from core.sources.share import OLDEST, Attacker, Secret
from core.sources.share_list import ShareList

PEER = "https://mx2.example.org/mailward-share.json"
SECRET = Secret("a secret of 32 letters, or longer")


class Rig:
    """The list, its time and its peer."""

    def __init__(self, web: responses.RequestsMock) -> None:
        self.now = 1_800_000_000.0
        self.web = web
        self.list = ShareList(PEER, SECRET, lambda: self.now)

    def tells(self, *texts: str, secret: Secret = SECRET, never: tuple[str, ...] = ()) -> bool:
        attackers = [Attacker(Prefix.parse(t), self.now + 3600, "address") for t in texts]
        self.web.upsert("GET", PEER, secret.write(attackers, self.now))
        return self.list.refresh(never)

    def entry(self, text: str) -> str:
        address = parse(text)
        assert address is not None
        hits = self.list.hits(AddressFacts(address.text, address.version, address.value))
        return f"{hits[0].source}: {hits[0].entry}" if hits else ""


@pytest.fixture
def rig(web: responses.RequestsMock) -> Rig:
    return Rig(web)


def test_what_a_peer_tells_counts_as_a_list_of_its_name(rig: Rig) -> None:
    """E23."""
    assert rig.entry("203.0.113.7") == ""
    assert rig.list.status().problem
    assert rig.tells("203.0.113.7", "198.51.100.0/24")
    assert rig.entry("203.0.113.7") == "share mx2.example.org: 203.0.113.7/32"
    assert rig.entry("198.51.100.99") == "share mx2.example.org: 198.51.100.0/24"
    assert rig.entry("203.0.113.8") == ""
    found = rig.list.status()
    assert (found.name, found.entries, found.problem) == ("share mx2.example.org", 2, "")


def test_it_is_asked_with_a_token_that_is_not_the_secret(rig: Rig) -> None:
    rig.tells("203.0.113.7")
    assert rig.web.calls[0].request.headers["Authorization"] == f"Bearer {SECRET.token}"


def test_entries_end_also_while_the_peer_is_away(rig: Rig) -> None:
    rig.tells("203.0.113.7")
    rig.web.upsert("GET", PEER, status=502)
    assert not rig.list.refresh(())
    assert "answered 502" in rig.list.status().problem
    assert rig.entry("203.0.113.7")
    rig.now += 3600
    assert rig.entry("203.0.113.7") == ""
    assert rig.list.status().entries == 0


def test_the_same_again_is_no_news(rig: Rig) -> None:
    rig.tells("203.0.113.7")
    assert not rig.tells("203.0.113.7")


def test_another_secret_is_said_and_not_believed(rig: Rig) -> None:
    rig.tells("203.0.113.7", secret=Secret("another secret of 32 letters or so"))
    assert rig.entry("203.0.113.7") == ""
    assert "not signed with this server's secret" in rig.list.status().problem


def test_an_old_document_does_not_come_back(rig: Rig) -> None:
    """Who holds the line may send what it has seen."""
    old = SECRET.write([Attacker(Prefix.parse("203.0.113.7"), rig.now + 9999, "address")], rig.now)
    rig.now += 60
    rig.tells()
    rig.web.upsert("GET", PEER, old)
    rig.list.refresh(())
    assert rig.entry("203.0.113.7") == ""
    assert "older than" in rig.list.status().problem
    rig.now += OLDEST
    rig.list.refresh(())
    assert "days old" in rig.list.status().problem


def test_our_own_side_is_never_told_of(rig: Rig) -> None:
    rig.tells("203.0.113.7", "198.51.100.0/24", never=("198.51.100.1",))
    assert rig.entry("198.51.100.99") == ""
    assert "1 that cover own or exempt addresses" in rig.list.status().credit
