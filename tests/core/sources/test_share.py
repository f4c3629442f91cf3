"""Documents of hashes: read by who has the secret, and by nobody else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError
from core.net.addresses import parse
from core.net.prefixes import Prefix
from core.sources import share
from core.sources.facts import AddressFacts
from core.sources.share import Attacker, Secret, without

NOW = 1_800_000_000.0
SECRET = "a secret of 32 letters, or longer"


def facts(text: str) -> AddressFacts:
    address = parse(text)
    assert address is not None
    return AddressFacts(address.text, address.version, address.value)


def attacker(text: str, seconds: float = 3600, kind: str = "address") -> Attacker:
    return Attacker(Prefix.parse(text), NOW + seconds, kind)


def told_about(text: str, *attackers: Attacker) -> list[str]:
    """Where the other server finds an address."""
    found = Secret(SECRET).read(Secret(SECRET).write(attackers, NOW), NOW)
    hashes = Secret(SECRET).hashes(facts(text))
    return [str(prefix) for prefix, hash_ in hashes if hash_ in found.entries]


@pytest.mark.parametrize(
    ("told", "address", "found"),
    [
        ("203.0.113.7/32", "203.0.113.7", ["203.0.113.7/32"]),
        ("203.0.113.7/32", "203.0.113.8", []),
        ("203.0.113.0/24", "203.0.113.8", ["203.0.113.0/24"]),
        ("2001:db8:1:2::/64", "2001:db8:1:2::7", ["2001:db8:1:2::/64"]),
        ("2001:db8:1::/48", "2001:db8:1:9::7", ["2001:db8:1::/48"]),
        ("203.0.0.0/16", "203.0.113.8", []),
    ],
)
def test_own_servers_understand_each_other(told: str, address: str, found: list[str]) -> None:
    """E23."""
    assert told_about(address, attacker(told)) == found


def test_no_address_can_be_read_in_it() -> None:
    payload = Secret(SECRET).write([attacker("203.0.113.7/32")], NOW)
    assert b"203" not in payload.replace(str(int(NOW + 3600)).encode(), b"")
    other = Secret("another secret of 32 letters or so")
    assert other.hash(Prefix.parse("203.0.113.7")) != Secret(SECRET).hash(
        Prefix.parse("203.0.113.7")
    )


def test_an_address_and_its_network_are_different_entries() -> None:
    secret = Secret(SECRET)
    assert secret.hash(Prefix.parse("203.0.113.0/24")) != secret.hash(Prefix.parse("203.0.113.0"))
    v4 = Prefix(4, 7, 32)
    v6 = Prefix(6, 7, 64)
    assert secret.hash(v4) != secret.hash(v6)


def test_what_has_ended_is_not_told_and_nothing_lasts_for_ever() -> None:
    secret = Secret(SECRET)
    payload = secret.write([attacker("203.0.113.7", -1), attacker("203.0.113.8", 1e9)], NOW)
    ((until, kind),) = secret.read(payload, NOW).entries.values()
    assert (until, kind) == (NOW + share.LONGEST, "address")
    assert secret.read(payload, NOW + 60).entries


def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share, "MOST", 2)
    many = [attacker(f"203.0.113.{n}", n) for n in range(1, 5)]
    assert told_about("203.0.113.4", *many)
    assert not told_about("203.0.113.1", *many)


@pytest.mark.parametrize(
    ("later", "says"),
    [(share.OLDEST + 1, "days old"), (-share.FUTURE - 1, "future")],
)
def test_documents_of_other_times_are_not_believed(later: float, says: str) -> None:
    secret = Secret(SECRET)
    payload = secret.write([attacker("203.0.113.7", 1e7)], NOW)
    with pytest.raises(DataError, match=says):
        secret.read(payload, NOW + later)


@given(st.integers(0, 400), st.integers(1, 255))
def test_whoever_changes_a_letter_is_not_believed(position: int, change: int) -> None:
    secret = Secret(SECRET)
    payload = bytearray(secret.write([attacker("203.0.113.7")], NOW))
    position %= len(payload) - 1  # the last one ends the line
    payload[position] ^= change
    try:
        found = secret.read(bytes(payload), NOW)
    except DataError:
        return
    # A key that nobody reads, or another way to write the same.
    assert found == secret.read(secret.write([attacker("203.0.113.7")], NOW), NOW)


@pytest.mark.parametrize(
    "payload",
    [b"", b"null", b"[]", b"<html>", b'{"body": "{}", "signature": ""}', b"[" * 99_999],
)
def test_something_else_is_told(payload: bytes) -> None:
    with pytest.raises(DataError):
        Secret(SECRET).read(payload, NOW)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"version": 2, "made": NOW, "entries": []}, "version 2"),
        ({"version": 1, "made": NOW, "entries": [["?", NOW + 9, "address"]]}, "no hash"),
        ({"version": 1, "made": "now", "entries": []}, "unexpected content"),
    ],
)
def test_what_was_signed_may_still_be_wrong(body: dict[str, object], says: str) -> None:
    secret = Secret(SECRET)
    text = json.dumps(body)
    document = json.dumps({"body": text, "signature": secret._sign(text)})
    with pytest.raises(DataError, match=says):
        secret.read(document.encode(), NOW)


@pytest.mark.parametrize(
    ("never", "told", "kept"),
    [
        ("203.0.113.9", "203.0.113.9", False),
        ("203.0.113.9", "203.0.113.0/24", False),
        ("203.0.113.9", "203.0.113.8", True),
        ("203.0.113.0/28", "203.0.113.0/24", False),
        ("203.0.0.0/16", "203.0.113.0/24", True),
        ("2001:db8::7", "2001:db8::/64", False),
    ],
)
def test_nobody_is_told_by_our_own_side(never: str, told: str, kept: bool) -> None:
    """Facts 3.4; what lies inside an exempt network passes by the exemption."""
    secret = Secret(SECRET)
    found = secret.read(secret.write([attacker(told)], NOW), NOW)
    assert bool(without(found.entries, secret.own_side([never]))) is kept


def test_keys_for_one_purpose_are_none_for_another() -> None:
    secret = Secret(SECRET)
    assert len({secret.token, secret._signing.hex(), secret._hashing.hex()}) == 3
