"""Which databases are fit to replace the one in use (facts 1.7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import DataError
from core.sources import validation
from core.sources.validation import check
from core.sources.walk import CANARIES, Report
from tests.databases import write_country, write_plausible

DAY = 24 * 3600
THEN = 1_700_000_000
SOUND = Report("", THEN, node_count=1000, entries=900, values=250)


@pytest.mark.parametrize("name", ["country", "asn"])
def test_a_sound_database_is_fit(tmp_path: Path, name: str) -> None:
    """Feature E17."""
    findings = check(name, write_plausible(tmp_path / "new.mmdb", name, THEN))
    assert findings.vintage == "2023-11-14"
    assert findings.entries == len(CANARIES) + {"country": 250, "asn": 1000}[name]


def test_the_wrong_kind_of_database_is_not(tmp_path: Path) -> None:
    path = write_plausible(tmp_path / "new.mmdb", "asn", THEN)
    with pytest.raises(DataError, match="knows only 0 countries"):
        check("country", path)


@pytest.mark.parametrize(
    ("name", "report", "reason"),
    [
        ("country", Report("it is damaged: x"), "it is damaged: x"),
        ("country", Report("", THEN, 1000, 900, 199), "knows only 199 countries"),
        ("country", Report("", THEN, 1000, 900, 200, CANARIES[:2]), "8.8.8.8 and 1.1.1.1"),
        ("asn", Report("", THEN, 1000, 900, 999), "knows only 999 autonomous systems"),
    ],
)
def test_what_makes_a_database_unfit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, report: Report, reason: str
) -> None:
    monkeypatch.setattr(validation, "walk_apart", lambda *_: report)
    with pytest.raises(DataError, match=reason):
        check(name, tmp_path / "new.mmdb")


def test_one_canary_may_be_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report("", THEN, 1000, 900, 200, CANARIES[:1])
    monkeypatch.setattr(validation, "walk_apart", lambda *_: report)
    assert check("country", tmp_path / "new.mmdb").entries == 900


@pytest.mark.parametrize(
    ("epoch", "factor", "reason"),
    [
        (THEN, 1.0, ""),
        (THEN + DAY, 1.4, ""),
        (THEN + DAY, 0.6, ""),
        (THEN - 1, 1.0, "older than the one in use"),
        (THEN + DAY, 1.6, "its size jumped"),
        (THEN + DAY, 0.4, "its size jumped"),
    ],
)
def test_it_is_compared_with_the_one_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: int, factor: float, reason: str
) -> None:
    before = write_country(tmp_path / "old.mmdb", {"203.0.113.0/24": "RU"}, build_epoch=THEN)
    from core.sources.reader import Database

    nodes = int(Database(before).node_count * factor)
    report = Report("", epoch, nodes, 900, 250)
    monkeypatch.setattr(validation, "walk_apart", lambda *_: report)
    if reason:
        with pytest.raises(DataError, match=reason):
            check("country", tmp_path / "new.mmdb", before)
    else:
        check("country", tmp_path / "new.mmdb", before)


def test_a_damaged_one_in_use_does_not_keep_a_sound_one_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "old.mmdb"
    before.write_bytes(b"nonsense")
    monkeypatch.setattr(validation, "walk_apart", lambda *_: SOUND)
    assert check("country", tmp_path / "new.mmdb", before).entries == 900
