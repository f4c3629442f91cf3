"""What is asked of lists, and which answers count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError
from core.net.addresses import parse
from core.settings.fields import FIELDS
from core.settings.lists import NAMES
from core.sources.dns_lists.zone import ZONES, Zone

NIBBLES = "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2"


def _question(name: str, key: str, text: str) -> str:
    address = parse(text)
    assert address is not None
    return ZONES[name].question(key, address.version, address.value)


@pytest.mark.parametrize(
    ("name", "key", "address", "question"),
    [
        ("spamrats", "", "192.0.2.99", "99.2.0.192.auth.spamrats.com."),
        ("spamrats", "k3y", "192.0.2.99", "99.2.0.192.k3y.auth.spamrats.com."),
        ("spamhaus_authbl", "k3y", "127.0.0.2", "2.0.0.127.k3y.authbl.dq.spamhaus.net."),
        (
            *("abusix", "k3y", "2001:db8:1:2:3:4:567:89ab"),
            f"{NIBBLES}.k3y.authbl.mail.abusix.zone.",
        ),
    ],
)
def test_addresses_are_asked_backwards(name: str, key: str, address: str, question: str) -> None:
    """A9; RFC 5782 2.1 and 2.4: the second example is the RFC's own."""
    assert _question(name, key, address) == question


@pytest.mark.parametrize(
    ("name", "answers", "listed"),
    [
        ("spamrats", ["127.0.0.43"], True),
        ("spamrats", [], False),
        ("spamhaus_authbl", ["127.0.0.20"], True),
        ("abusix", ["127.0.0.4"], True),
        ("abusix", ["127.0.0.4", "127.0.0.2"], True),
    ],
)
def test_exact_answers_count(name: str, answers: list[str], listed: bool) -> None:
    """Facts 3.1."""
    assert ZONES[name].is_listed(answers) is listed


@pytest.mark.parametrize(
    ("name", "answers", "says"),
    [
        ("spamhaus_authbl", ["127.255.255.252"], "name of its zone is wrong"),
        ("spamhaus_authbl", ["127.255.255.254"], "public resolver"),
        ("spamhaus_authbl", ["127.255.255.255"], "too often"),
        ("spamhaus_authbl", ["127.0.0.20", "127.255.255.254"], "public resolver"),
        ("abusix", ["127.255.0.1"], "complains with 127.255.0.1"),
        ("spamrats", ["127.0.0.36"], "answers 127.0.0.36"),
        ("spamrats", ["127.0.0.4"], "answers 127.0.0.4"),
        ("abusix", ["198.51.100.1"], "answers 198.51.100.1"),
    ],
)
def test_other_answers_are_errors(name: str, answers: list[str], says: str) -> None:
    """A name that was sold answers everything; a list that complains lists nobody."""
    with pytest.raises(DataError, match=says):
        ZONES[name].is_listed(answers)


@given(st.lists(st.ip_addresses(v=4).map(str)))
def test_no_answer_but_the_exact_one_lists_anybody(answers: list[str]) -> None:
    zone = ZONES["abusix"]
    try:
        listed = zone.is_listed(answers)
    except DataError:
        return
    assert listed is ("127.0.0.4" in answers)


@pytest.mark.parametrize("zone", ZONES.values(), ids=ZONES.keys())
def test_every_list_has_its_settings(zone: Zone) -> None:
    """C1."""
    assert zone.name in NAMES
    assert f"lists.{zone.name.partition('_')[0]}_key" in FIELDS
