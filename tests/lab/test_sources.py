"""The machine's apt sources are understood in both forms, and turned to another release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.sources import Source, machine_sources, sources_for

if TYPE_CHECKING:
    from pathlib import Path

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

ONE_LINE = f"""
# deb http://commented.invalid/debian bookworm main
deb http://mirror.invalid/debian bookworm main contrib # a remark
deb [arch=amd64 signed-by={KEYRING}] http://mirror.invalid/security bookworm-security main
deb-src http://mirror.invalid/debian bookworm main
"""

DEB822 = f"""\
Types: deb deb-src
# where it comes from
URIs: http://mirror.invalid/debian http://second.invalid/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: {KEYRING}

Enabled: no
Types: deb
URIs: http://disabled.invalid/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://sources.invalid/debian
Suites: bookworm
Components: main
"""


def sources_of(directory: Path, name: str, text: str) -> list[Source]:
    """What a machine with this one file would use."""
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return machine_sources(directory)


def test_one_line_sources_are_read(tmp_path: Path) -> None:
    assert sources_of(tmp_path, "sources.list", ONE_LINE) == [
        Source("http://mirror.invalid/debian", "bookworm", ("main", "contrib")),
        Source("http://mirror.invalid/security", "bookworm-security", ("main",), KEYRING),
    ]


def test_deb822_sources_are_read(tmp_path: Path) -> None:
    assert sources_of(tmp_path, "sources.list.d/debian.sources", DEB822) == [
        Source(f"http://{host}.invalid/debian", suite, ("main",), KEYRING)
        for host in ("mirror", "second")
        for suite in ("bookworm", "bookworm-updates")
    ]


def test_a_key_within_the_sources_survives_the_way_to_a_new_file(tmp_path: Path) -> None:
    key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDME\n -----END PGP PUBLIC KEY BLOCK-----"
    stanza = f"Types: deb\nURIs: http://a.invalid\nSuites: sid\nComponents: main\nSigned-By:{key}\n"
    [source] = sources_of(tmp_path, "sources.list.d/one.sources", stanza)
    assert [source] == sources_of(tmp_path, "sources.list.d/one.sources", source.stanza())
    assert source.signed_by == key


def test_a_machine_without_sources_has_none(tmp_path: Path) -> None:
    assert machine_sources(tmp_path) == []


@pytest.mark.parametrize(
    ("suite", "wanted"),
    [
        ("bookworm", "trixie"),
        ("bookworm-updates", "trixie-updates"),
        ("bookworm-security", "trixie-security"),
        ("stable", "trixie"),
        ("stable-security", "trixie-security"),
        ("trixie", "trixie"),
        ("bookworm-backports", None),
        ("bookworm-pgdg", None),
        ("nodistro", None),
    ],
)
def test_the_suite_is_swapped(suite: str, wanted: str | None) -> None:
    machine = [Source("http://mirror.invalid/debian", suite, ("main",), KEYRING)]
    turned = [source.suite for source in sources_for("trixie", machine, "bookworm")]
    assert turned == ([wanted] if wanted else [])


def test_backports_stand_beside_their_release() -> None:
    """They bring single programs; everything else is the release's."""
    machine = [
        Source("http://m.invalid/debian", "bookworm", ("main",), KEYRING),
        Source("http://s.invalid/security", "bookworm-security", ("main",), KEYRING),
    ]
    turned = sources_for("trixie-backports", machine, "bookworm")
    assert [(source.uri, source.suite) for source in turned] == [
        ("http://m.invalid/debian", "trixie"),
        ("http://s.invalid/security", "trixie-security"),
        ("http://m.invalid/debian", "trixie-backports"),
    ]


def test_sources_without_debians_main_are_left_out() -> None:
    machine = [Source("http://third.invalid", "bookworm", ("stable",))]
    assert sources_for("trixie", machine, "bookworm") == []


def test_two_names_for_one_suite_are_asked_once() -> None:
    machine = [Source("http://m.invalid", suite, ("main",)) for suite in ("stable", "bookworm")]
    assert len(sources_for("trixie", machine, "bookworm")) == 1
