"""Own servers share nothing until they are told to, and never without a secret worth the name."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings.fields import FIELDS, check
from core.settings.share import Share, source_of


def test_nothing_is_shared_until_somebody_says_so() -> None:
    """E23: opt-in, and what is taken watches first."""
    assert not Share().gives
    assert not Share().takes
    assert Share().arm == "watch"


@pytest.mark.parametrize(
    ("word", "gives", "takes"),
    [
        ("off", False, False),
        ("take", False, True),
        ("give", True, False),
        ("both", True, True),
    ],
)
def test_modes(word: str, gives: bool, takes: bool) -> None:
    share = Share(mode=check("share.mode", word))
    assert (share.gives, share.takes) == (gives, takes)


def test_the_secret_is_one() -> None:
    assert FIELDS["share.secret"].secret


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("share.peers", ["http://mx2.example.org/s.json"]),
        ("share.peers", ["https://me:word@mx2.example.org/s.json"]),
        ("share.peers", [f"https://mx{n}.example.org/s.json" for n in range(51)]),
        ("share.secret", "short"),
        ("share.secret", "with blanks " * 4),
        ("share.arm", "off"),
    ],
)
def test_what_may_not_be_set(name: str, value: object) -> None:
    with pytest.raises(SettingError, match=name):
        check(name, value)


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        ("https://mx2.example.org/s.json", "share mx2.example.org"),
        ("https://MX2.example.org:443/s.json", "share mx2.example.org"),
        ("https://mx2.example.org:8443/s.json?x", "share mx2.example.org:8443"),
        ("https://[2001:db8::1]/s.json", "share 2001:db8::1"),
        ("https://mx2.example.org:nonsense/", "share mx2.example.org"),
    ],
)
def test_a_list_is_named_after_its_peer(peer: str, name: str) -> None:
    assert source_of(peer) == name
