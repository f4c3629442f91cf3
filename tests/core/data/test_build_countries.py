"""Country names are taken from CLDR: ISO 3166-1 and XK, nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.data import build_countries
from core.net.countries import CODES


def cldr(monkeypatch: pytest.MonkeyPatch, codes: set[str]) -> None:
    """Let CLDR have these codes, and the entries that are no countries."""
    names = {code: f"Land {code}" for code in codes | set(build_countries.NOT_COUNTRIES)}
    names |= {"001": "world", "GB-alt-short": "UK", "HK-alt-short": "Hong Kong"}
    names |= {"MO-alt-short": "Macao", "PS-alt-short": "Palestine"}

    def answer(package: object, wanted: tuple[str, ...]) -> list[bytes]:
        def document(path: str) -> dict[str, Any]:
            language = path.split("/")[1]
            return {"main": {language: {"localeDisplayNames": {"territories": names}}}}

        return [json.dumps(document(path)).encode() for path in wanted]

    monkeypatch.setattr(build_countries, "read_members", answer)


def test_countries_are_kept_with_short_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cldr(monkeypatch, set(CODES))
    build_countries.build(tmp_path / "countries.json")
    names = json.loads((tmp_path / "countries.json").read_text())
    assert names.keys() == {"en", "de"}
    assert names["de"].keys() == CODES
    assert names["en"]["HK"] == "Hong Kong"
    assert names["en"]["GB"] == "Land GB"


@pytest.mark.parametrize("codes", [set(CODES) - {"DE"}, set(CODES) | {"QQ"}])
def test_a_changed_world_needs_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codes: set[str]
) -> None:
    cldr(monkeypatch, codes)
    with pytest.raises(ValueError, match="countries, not 250"):
        build_countries.build(tmp_path / "countries.json")
    assert not (tmp_path / "countries.json").exists()
