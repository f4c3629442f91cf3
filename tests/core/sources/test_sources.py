"""Sources: one question, one answer, whatever is missing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sources import sources as module
from core.sources.facts import AddressFacts
from core.sources.sources import Sources
from core.words import NetworkKind
from tests.databases import write_asn, write_country, write_ranges


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small world: a Russian access network, a German hoster, Amazon, a hijacked network."""
    write_country(
        tmp_path / "country.mmdb",
        {"203.0.113.0/24": "RU", "198.51.100.0/24": "DE", "2001:db8::/32": "BR"},
    )
    write_asn(
        tmp_path / "asn.mmdb",
        {"203.0.113.0/24": (64500, "Example Access"), "198.51.100.0/24": (24940, "Hetzner Online")},
    )
    write_ranges(tmp_path, "aws", ("2001:db8:a::/48",))
    write_ranges(tmp_path, "spamhaus_drop", ("203.0.113.128/25",))
    return tmp_path


def test_everything_that_is_known_is_told(data: Path) -> None:
    """Features A6, A8 and A9."""
    sources = Sources.open(data)
    assert sources.look("203.0.113.7") == AddressFacts(
        *("203.0.113.7", 4, 0xCB007107, False, "RU", "", 64500, "Example Access", ())
    )
    hoster = sources.look("198.51.100.1")
    assert (hoster.country, hoster.asn, hoster.as_name) == ("DE", 24940, "Hetzner Online")
    assert [(hit.kind, hit.entry) for hit in hoster.hits] == [(NetworkKind.CLOUD, "AS24940")]
    hijacked = sources.look("203.0.113.200")
    assert [(hit.kind, hit.entry) for hit in hijacked.hits] == [
        (NetworkKind.ATTACKER, "203.0.113.128/25")
    ]


def test_ipv6_is_known_as_well(data: Path) -> None:
    """Feature A15."""
    facts = Sources.open(data).look("2001:DB8:A::1")
    assert (facts.address, facts.version, facts.country) == ("2001:db8:a::1", 6, "BR")
    assert [hit.source for hit in facts.hits] == ["aws"]


@pytest.mark.parametrize("spelling", ["::ffff:203.0.113.7", "[203.0.113.7]", " 203.0.113.7 "])
def test_every_spelling_has_the_same_facts(data: Path, spelling: str) -> None:
    """Feature A15: databases know nothing of IPv4-mapped addresses (facts 1.8)."""
    sources = Sources.open(data)
    assert sources.look(spelling) == sources.look("203.0.113.7")


@pytest.mark.parametrize("text", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fe80::1%eth0"])
def test_near_addresses_are_local_and_nothing_else(data: Path, text: str) -> None:
    """Feature A14."""
    write_country(data / "country.mmdb", {"10.0.0.0/8": "RU"})
    facts = Sources.open(data).look(text)
    assert facts.local
    assert (facts.country, facts.second, facts.asn, facts.hits) == ("", "", 0, ())


def test_the_servers_own_addresses_are_local(data: Path) -> None:
    """Feature A14: webmail on the server logs in from the server's public address."""
    own = frozenset({"203.0.113.7", "2001:DB8::0:1", "nonsense"})
    sources = Sources.open(data, own=own)
    assert sources.look("203.0.113.7") == AddressFacts("203.0.113.7", 4, 0xCB007107, local=True)
    assert sources.look("2001:db8::1").local
    assert not sources.look("203.0.113.8").local


@pytest.mark.parametrize("text", ["", "unknown", "203.0.113", "203.0.113.7/32", "x" * 100_000])
def test_what_is_no_address_has_version_0(data: Path, text: str) -> None:
    assert Sources.open(data).look(text) == AddressFacts(text, 0, 0)


@given(st.text(max_size=80))
def test_no_text_makes_looking_fail(text: str) -> None:
    Sources.open(Path("/nonexistent")).look(text)


def test_without_any_data_there_are_answers_all_the_same(tmp_path: Path) -> None:
    """Feature A25."""
    sources = Sources.open(tmp_path / "none")
    facts = sources.look("203.0.113.7")
    assert facts == AddressFacts("203.0.113.7", 4, 0xCB007107)
    problems = {status.name: status.problem for status in sources.status()}
    assert problems["country"] == "country.mmdb is missing"
    assert problems["asn"] == "asn.mmdb is missing"


def test_damaged_data_is_no_opinion(data: Path) -> None:
    """Feature A25: and the other sources go on."""
    (data / "country.mmdb").unlink()
    (data / "country.mmdb").write_bytes(b"nonsense")
    sources = Sources.open(data)
    facts = sources.look("198.51.100.1")
    assert (facts.country, facts.asn) == ("", 24940)
    problems = {status.name: status.problem for status in sources.status()}
    assert "country.mmdb" in problems["country"]
    assert problems["asn"] == ""


def test_a_database_that_changed_since_it_was_installed_is_read_with_care(data: Path) -> None:
    """The fast reader would crash on damage (facts 1.7): the careful one still answers."""
    content = (data / "country.mmdb").read_bytes()
    (data / "country.mmdb").unlink()
    (data / "country.mmdb").write_bytes(content.replace(b"country ipvAll", b"country ipvXXX"))
    sources = Sources.open(data)
    assert sources.look("203.0.113.7").country == "RU"
    problems = {status.name: status.problem for status in sources.status()}
    assert problems["country"] == "country.mmdb is not the file that was installed"


def test_answers_are_kept_but_not_without_end(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    sources = Sources.open(data)
    first = sources.look("203.0.113.1")
    assert sources.look("203.0.113.1") is first
    for number in range(2, 6):
        sources.look(f"203.0.113.{number}")
    again = sources.look("203.0.113.1")
    assert again is not first
    assert again == first


def test_long_nonsense_is_not_kept(data: Path) -> None:
    """65 536 texts of many kilobytes would be the end of the daemon's memory."""
    sources = Sources.open(data)
    assert sources.look("x" * 65) is not sources.look("x" * 65)
    assert sources.look("x" * 64) is sources.look("x" * 64)


def test_closing_is_safe_for_whoever_still_asks(data: Path) -> None:
    sources = Sources.open(data)
    kept = sources.look("203.0.113.7")
    sources.close()
    assert sources.look("203.0.113.7") is kept
    assert sources.look("203.0.113.8").country == ""


def test_threads_may_share_it(data: Path) -> None:
    sources = Sources.open(data)
    expected = {f"203.0.113.{number}": "RU" for number in range(1, 100)}
    wrong: list[str] = []

    def ask() -> None:
        wrong.extend(text for text, code in expected.items() if sources.look(text).country != code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_status_names_every_source(data: Path) -> None:
    """Feature D8."""
    statuses = {status.name: status for status in Sources.open(data).status()}
    assert statuses.keys() == {*("country", "asn", "registries", "hosting", "aws", "spamhaus_drop")}
    assert statuses["aws"].entries == 1
    assert statuses["hosting"].entries == 139
    assert "Spamhaus" in statuses["spamhaus_drop"].terms
