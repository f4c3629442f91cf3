"""The server's own country is found from its public addresses, and from nothing else."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from core.sources.server_country import detect
from core.sources.sources import Sources
from tests.databases import write_country


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param(["127.0.0.1", "::1", "192.0.2.10"], "NL", id="A7 a public address"),
        pytest.param(["192.0.2.10", "2001:db8::1"], "NL", id="A7 the first in order"),
        pytest.param(["127.0.0.1", "10.0.0.7", "fe80::1"], "", id="A7 near addresses only"),
        pytest.param(["198.51.100.1"], "", id="A7 not in the database"),
        pytest.param([], "", id="A7 none"),
    ],
)
def test_detects_from_public_addresses(tmp_path: Path, own: list[str], expected: str) -> None:
    """A7: loopback and private addresses say nothing of where a server is."""
    write_country(
        tmp_path / "country.mmdb",
        {"192.0.2.0/24": "NL", "2001:db8::/32": "DE", "10.0.0.0/8": "US"},
    )
    with closing(Sources.open(tmp_path, own=frozenset(own))) as sources:
        assert detect(sources, own) == expected


def test_is_unknown_without_data(tmp_path: Path) -> None:
    """A25: no database, no opinion."""
    with closing(Sources.open(tmp_path / "nowhere")) as sources:
        assert detect(sources, ["192.0.2.10"]) == ""
