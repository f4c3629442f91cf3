"""Every notation of the facts, and their order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.licence.version import Version, parse

V = Version

NOTATIONS = {
    # plesk.md 10
    "18.0.23": V((18, 0, 23)),
    "Plesk Obsidian 18.0.62.1": V((18, 0, 62, 1)),
    "Product version: Plesk Obsidian 18.0.62.1": V((18, 0, 62, 1)),
    "18.0.62 Debian 12 1800240718.14": V((18, 0, 62)),
    "v18.0.23": V((18, 0, 23)),
    # mailenable.md 1.2
    "10.35": V((10, 35)),
    "10.4": V((10, 4)),
    "MailEnable Service, Version: 9.76--9.76": V((9, 76)),
    # zimbra.md 1 and features.md 1
    "Release 8.8.15_GA_3869.UBUNTU18_64_20190917004220 UBUNTU18_64 FOSS edition.": V((8, 8, 15)),
    "Release 9.0.0_GA_3924.RHEL7_64_20200331010312 RHEL7_64 FOSS edition.": V((9, 0, 0)),
    "Release 9.0.0_GA_3924.RHEL7_64_20200331010312 RHEL7_64 FOSS edition, Patch 9.0.0_P7.": V(
        (9, 0, 0), 7
    ),
    "Release 9.0.0_GA_3924.RHEL7_64_20200331010312 RHEL7_64 NETWORK edition, Patch 9.0.0_P41.": V(
        (9, 0, 0), 41
    ),
    "Release 10.0.6.GA.4518.UBUNTU20_64 FOSS edition.": V((10, 0, 6)),
    "Release 10.1.1.GA.4655.RHEL8_64.1 NETWORK edition.": V((10, 1, 1)),
    "8.8.8_GA_2009": V((8, 8, 8)),
    "8.8.15 P17": V((8, 8, 15), 17),
    "8.8.15 P45": V((8, 8, 15), 45),
    "9.0.0 Patch 8": V((9, 0, 0), 8),
    "9.0.0_P8": V((9, 0, 0), 8),
    "9.0.0.p8": V((9, 0, 0), 8),
    # features.md 1: one line of releases, written in two ways, and an older third
    "2.1.16-1": V((2, 1, 16, 1)),
    "2.1-17.1": V((2, 1, 17, 1)),
    "1.0.5-4.1": V((1, 0, 5, 4, 1)),
    "1.0.8-1.1": V((1, 0, 8, 1, 1)),
    # mail servers
    "3.5.6": V((3, 5, 6)),
    "3.9-20240101-nonprod": V((3, 9, 20240101)),
    "12": V((12,)),
    " 0 ": V((0,)),
}


@pytest.mark.parametrize(("text", "version"), NOTATIONS.items())
def test_reads_what_panels_print(text: str, version: Version) -> None:
    """E8."""
    found = parse(text)
    assert found is not None
    assert (found.parts, found.patch) == (version.parts, version.patch)


@pytest.mark.parametrize(
    "text", ["", "unknown", "RHEL7_64", "Debian 12 bookworm", ".", "1.", "-1", "P8", "9" * 5000]
)
def test_knows_when_there_is_none(text: str) -> None:
    """E8: an unknown version is not a small one."""
    assert parse(text) is None


ORDERED = [
    ["18.0.9", "18.0.22", "18.0.23", "18.0.23.1", "18.0.62", "18.1", "19"],
    ["9.76", "10.4", "10.34", "10.35", "10.48", "11.0"],
    [
        "8.8.15 P45",
        "Release 9.0.0_GA_3924.RHEL7_64_20200331010312 RHEL7_64 FOSS edition.",
        "9.0.0 P7",
        "9.0.0 Patch 8",
        "9.0.0_P41",
        "Release 10.0.6.GA.4518.UBUNTU20_64 FOSS edition.",
        "10.1.1",
    ],
    ["1.0.5-4.1", "1.0.8-1.1", "2.1.14-1", "2.1.15-2", "2.1-16.1", "2.1-17.1"],
]


@pytest.mark.parametrize("texts", ORDERED)
def test_compares_number_by_number(texts: list[str]) -> None:
    """E8: 18.0.9 is before 18.0.23, and a patch counts after the release."""
    versions = [parse(text) for text in texts]
    for older, newer in pairwise(versions):
        assert older is not None
        assert newer is not None
        assert older < newer
        assert newer > older
        assert older != newer


@pytest.mark.parametrize(
    ("one", "other"), [("18.0", "18.0.0"), ("2.1.16-1", "2.1-16.1"), ("9.0.0 P8", "9.0 Patch 8")]
)
def test_knows_the_same_release(one: str, other: str) -> None:
    """The equivalence of features.md 1."""
    assert parse(one) == parse(other)
    assert hash(parse(one)) == hash(parse(other))
    assert parse(one) != "18.0"


@pytest.mark.parametrize(
    ("mine", "theirs", "looks"),
    [
        ("10.4", "10.35", True),
        ("18.0.9", "18.0.23", True),
        ("18.0.22", "18.0.23", False),
        ("10.34", "10.35", False),
        ("9.76", "10.35", False),
        ("10.36", "10.35", False),
        ("9.0.0 P7", "9.0.0 P8", False),
    ],
)
def test_knows_what_readers_of_decimals_mistake(mine: str, theirs: str, looks: bool) -> None:
    """features.md 1: 10.4 deserves a word."""
    one, other = parse(mine), parse(theirs)
    assert one is not None
    assert other is not None
    assert one.looks_newer_than(other) == looks


@given(st.lists(st.integers(0, 9999), min_size=2, max_size=5), st.integers(0, 99))
def test_what_is_shown_is_read_again(parts: list[int], patch: int) -> None:
    """Also by people who search for it."""
    version = Version(tuple(parts), patch)
    assert parse(str(version)) == version


@given(st.text(max_size=60))
def test_any_text_is_read_or_not(text: str) -> None:
    """Nothing that a panel prints stops anything."""
    found = parse(text)
    assert found is None or found.parts
