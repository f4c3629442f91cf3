"""Networks: which lists name an address, and which of them count."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.net.addresses import parse
from core.sources import directory as places
from core.sources.facts import NetworkHit
from core.sources.feeds.registry import FEEDS
from core.sources.networks import Networks, hosting_systems, staleness
from core.sources.ranges import Ranges
from core.words import NetworkKind
from tests.databases import write_ranges

DAY = 24 * 3600


def hits(networks: Networks, text: str, asn: int = 0) -> tuple[NetworkHit, ...]:
    address = parse(text)
    assert address is not None
    return networks.hits(address.version, address.value, asn)


def kinds(found: tuple[NetworkHit, ...]) -> list[str]:
    return [hit.kind.value for hit in found]


def load(directory: Path) -> Networks:
    return Networks.load(directory, time.time())


def test_hosters_are_known_by_their_systems_without_any_feed(tmp_path: Path) -> None:
    """Feature A8."""
    networks = load(tmp_path)
    assert hits(networks, "203.0.113.7", 24940) == (
        NetworkHit(NetworkKind.CLOUD, "Hetzner", "AS24940", "hosting"),
    )
    assert hits(networks, "203.0.113.7", 3320) == ()
    assert hits(networks, "203.0.113.7") == ()


def test_the_list_of_hosters_has_no_network_where_people_sit() -> None:
    """Facts 2.3: left out on purpose."""
    systems = hosting_systems()
    assert len(systems) == 139
    assert systems[8075] == "Microsoft"
    assert not systems.keys() & {15169, 13335, 20940, 16625, 54113, 3561, 6939, 29119, 29447, 174}


@pytest.mark.parametrize(
    ("text", "label", "entry"),
    [
        ("52.125.128.1", "Microsoft Outlook mobile", "52.125.128.0/20"),
        ("52.127.97.255", "Microsoft Outlook mobile", "52.127.96.0/23"),
        ("209.85.220.41", "Google mail", "209.85.128.0/17"),
        ("74.125.82.1", "Google mail", "74.125.0.0/16"),
        ("2607:f8b0:4864:20::1", "Google mail", "2607:f8b0:4864::/56"),
    ],
)
def test_mail_relays_are_known_without_any_feed(
    tmp_path: Path, text: str, label: str, entry: str
) -> None:
    """Facts 2.5: Outlook mobile and Gmail's 'Send mail as'."""
    (hit,) = hits(load(tmp_path), text)
    assert (hit.kind, hit.label, hit.entry) == (NetworkKind.RELAY, label, entry)


def test_a_relay_is_not_also_the_cloud_around_it(tmp_path: Path) -> None:
    """Facts 2.5: relays are evaluated before clouds, by range and by system."""
    write_ranges(tmp_path, "azure", ("52.125.0.0/16", "52.125.130.0/24"))
    networks = load(tmp_path)
    assert kinds(hits(networks, "52.125.128.1", 8075)) == ["relay"]
    assert kinds(hits(networks, "52.125.130.1", 8075)) == ["relay"]
    assert kinds(hits(networks, "52.125.1.1", 8075)) == ["cloud", "cloud"]


def test_a_relay_may_still_be_an_attacker(tmp_path: Path) -> None:
    write_ranges(tmp_path, "spamhaus_drop", ("52.125.129.0/24",))
    assert kinds(hits(load(tmp_path), "52.125.129.1", 8075)) == ["relay", "attacker"]


def test_a_range_names_its_feed_and_its_narrowest_prefix(tmp_path: Path) -> None:
    """Feature D6: evidence a person can check."""
    write_ranges(tmp_path, "aws", ("203.0.113.0/24", "203.0.113.64/26"))
    networks = load(tmp_path)
    assert hits(networks, "203.0.113.70") == (
        NetworkHit(NetworkKind.CLOUD, "Amazon EC2", "203.0.113.64/26", "aws"),
    )
    assert hits(networks, "203.0.113.7") == (
        NetworkHit(NetworkKind.CLOUD, "Amazon EC2", "203.0.113.0/24", "aws"),
    )


def test_every_kind_has_its_say_whatever_is_nested_in_what(tmp_path: Path) -> None:
    """Feature A9: a small cloud range inside a hijacked network hides nothing, nor the reverse."""
    write_ranges(tmp_path, "aws", ("203.0.113.0/25", "2001:db8::/32"))
    write_ranges(tmp_path, "spamhaus_drop", ("203.0.113.0/24", "2001:db8:1::/48"))
    write_ranges(tmp_path, "tor_exits", ("203.0.113.9/32",))
    networks = load(tmp_path)
    found = hits(networks, "203.0.113.9", 24940)
    assert sorted(kinds(found)) == ["anonymiser", "attacker", "cloud", "cloud"]
    assert {hit.entry for hit in found} == {
        *("203.0.113.0/25", "203.0.113.0/24", "203.0.113.9/32", "AS24940")
    }
    assert kinds(hits(networks, "203.0.113.200")) == ["attacker"]
    assert sorted(kinds(hits(networks, "2001:db8:1::1"))) == ["attacker", "cloud"]
    assert kinds(hits(networks, "2001:db8:2::1")) == ["cloud"]


def test_each_list_of_attackers_has_its_say(tmp_path: Path) -> None:
    """C1: one that is only watched must not hide one that refuses."""
    write_ranges(tmp_path, "spamhaus_drop", ("8.8.0.0/16",))
    write_ranges(tmp_path, "greensnow", ("8.8.8.8/32", "8.8.8.0/24"))
    write_ranges(tmp_path, "cins", ("8.8.8.8/32",))
    found = {hit.source: hit.entry for hit in hits(load(tmp_path), "8.8.8.8")}
    assert found == {
        "spamhaus_drop": "8.8.0.0/16",
        "greensnow": "8.8.8.8/32",
        "cins": "8.8.8.8/32",
    }


def test_systems_of_attackers_are_known_too(tmp_path: Path) -> None:
    write_ranges(tmp_path, "asndrop", asns={64500: "EXAMPLE", 24940: "Hetzner"})
    networks = load(tmp_path)
    assert hits(networks, "203.0.113.7", 64500) == (
        NetworkHit(NetworkKind.ATTACKER, "Spamhaus ASN-DROP", "AS64500", "asndrop"),
    )
    assert kinds(hits(networks, "203.0.113.7", 24940)) == ["cloud", "attacker"]


def test_a_fetched_list_of_relays_replaces_the_one_that_came_along(tmp_path: Path) -> None:
    write_ranges(tmp_path, "google_spf", ("203.0.113.0/24",))
    networks = load(tmp_path)
    assert kinds(hits(networks, "203.0.113.7")) == ["relay"]
    assert hits(networks, "209.85.220.41") == ()
    assert kinds(hits(networks, "52.125.128.1")) == ["relay"]


def test_a_list_of_attackers_that_stands_still_is_not_used(tmp_path: Path) -> None:
    """Facts 3.4: data unchanged for 14 days disables the list with a warning."""
    write_ranges(tmp_path, "spamhaus_drop", ("203.0.113.0/24",), age=15 * DAY)
    networks = load(tmp_path)
    assert hits(networks, "203.0.113.7") == ()
    assert networks.problems == {"spamhaus_drop": "not used: it has not changed for 15 days"}
    assert networks.used == {}


@pytest.mark.parametrize(
    ("name", "days", "stale"),
    [
        ("spamhaus_drop", 13, False),
        ("spamhaus_drop", 15, True),
        ("aws", 400, False),
        ("google_spf", 400, False),
    ],
)
def test_staleness(name: str, days: int, stale: bool) -> None:
    """A cloud's ranges change slowly, and an old copy is better than none."""
    assert bool(staleness(FEEDS[name], Ranges(name, changed=0), days * DAY)) is stale


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"name":"aws","prefixes":["nonsense"]}', b"\xff\xfe", b"[" * 99999],
)
def test_a_damaged_file_costs_that_feed_and_no_other(tmp_path: Path, content: bytes) -> None:
    """Feature A25."""
    write_ranges(tmp_path, "linode", ("203.0.113.0/24",))
    places.ranges_path(tmp_path, "aws").write_bytes(content)
    networks = load(tmp_path)
    assert kinds(hits(networks, "203.0.113.7")) == ["cloud"]
    assert networks.problems.keys() == {"aws"}
    assert networks.used.keys() == {"linode"}


def test_files_of_feeds_that_nobody_knows_are_ignored(tmp_path: Path) -> None:
    write_ranges(tmp_path, "somebody_else", ("203.0.113.0/24",))
    assert hits(load(tmp_path), "203.0.113.7") == ()
