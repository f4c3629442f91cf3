"""The map has every country where ISO 3166 puts it, and is small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.data import build_world
from core.data.build_world import ABSENT, draw
from core.data.topology import Area, Topology
from core.data.world import World
from core.net.countries import CODES

COMMITTED = Path(build_world.__file__).parent / "world.json"


@pytest.fixture(scope="module")
def world() -> World:
    return msgspec.json.decode(COMMITTED.read_bytes(), type=World)


def box(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float], ...]:
    """A rectangle as one closed arc."""
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def test_every_country_has_a_place(world: World) -> None:
    assert world.places.keys() == CODES - ABSENT


def test_the_whole_map_is_small() -> None:
    assert COMMITTED.stat().st_size < 100_000


def test_every_place_is_on_the_map(world: World) -> None:
    for code, place in world.places.items():
        x, y = place.centre
        assert 0 < x < world.width, code
        assert 0 < y < world.height, code
        assert place.path or place.small, code


@pytest.mark.parametrize("code", ["SG", "MT", "HK", "BH", "MU", "MO", "LI", "SM", "VA", "GI", "RE"])
def test_tiny_countries_get_a_dot(world: World, code: str) -> None:
    assert world.places[code].small


@pytest.mark.parametrize("code", ["DE", "TW", "XK", "CY", "LB", "SO", "EH", "GF"])
def test_countries_that_can_be_seen_get_none(world: World, code: str) -> None:
    assert not world.places[code].small


@pytest.mark.parametrize(
    ("name", "number", "area", "code"),
    [
        ("France", "250", box(2, 44, 6, 49), "FR"),
        ("France", "250", box(-54, 3, -52, 5), "GF"),
        ("Russia", "643", box(33, 44.6, 36, 46), "UA"),
        ("Russia", "643", box(37, 50, 60, 60), "RU"),
        ("Kosovo", "", box(20, 42, 21, 43), "XK"),
        ("Somaliland", "", box(43, 8, 48, 11), "SO"),
    ],
)
def test_pieces_belong_where_iso_3166_says(
    name: str, number: str, area: tuple[tuple[float, float], ...], code: str
) -> None:
    drawn = draw(Topology((area,), (Area(number, name, ((0,),)),)), {"250": "FR", "643": "RU"})
    assert drawn.places.keys() - build_world.POINTS.keys() == {code}


@pytest.mark.parametrize("name", ["Antarctica", "Siachen Glacier"])
def test_what_has_no_place_is_left_out(name: str) -> None:
    ice = box(-60, -80, 60, -70)
    area = Area("010" if name == "Antarctica" else "", name, ((0,),))
    drawn = draw(Topology((ice,), (area,)), {"010": "AQ"})
    assert drawn.places.keys() == build_world.POINTS.keys()


def test_an_unknown_number_is_refused() -> None:
    with pytest.raises(ValueError, match="Atlantis: nobody has the number 999"):
        draw(Topology((box(0, 0, 1, 1),), (Area("999", "Atlantis", ((0,),)),)), {})


def packages(monkeypatch: pytest.MonkeyPatch, numbers: dict[str, dict[str, str]]) -> None:
    """Let the packages hold an atlas of one rectangle."""
    arcs = [[[0, 0], [20, 0], [0, 20], [-20, 0], [0, -20]]]
    feature: dict[str, Any] = {"type": "Polygon", "properties": {"name": "Land"}, "arcs": [[0]]}
    atlas = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": arcs,
        "objects": {"countries": {"geometries": [{**feature, "id": "001"}]}},
    }
    mappings = {"supplemental": {"codeMappings": numbers}}
    answers = {"world-atlas": atlas, "cldr-core": mappings}

    def answer(package: Any, wanted: tuple[str, ...]) -> list[bytes]:
        return [json.dumps(answers[package.name]).encode() for _ in wanted]

    monkeypatch.setattr(build_world, "read_members", answer)


def test_a_country_without_place_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages(monkeypatch, {code: {"_numeric": f"x{code}"} for code in CODES} | {"DE": _NUMBER})
    with pytest.raises(ValueError, match="no place on the map: AD, AE, "):
        build_world.build(tmp_path / "world.json")
    assert not (tmp_path / "world.json").exists()


_NUMBER = {"_numeric": "001"}


def test_the_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages(monkeypatch, {code: {"_numeric": f"x{code}"} for code in CODES} | {"DE": _NUMBER})
    monkeypatch.setattr(build_world, "CODES", frozenset({"DE", *build_world.POINTS}))
    build_world.build(tmp_path / "world.json")
    written = msgspec.json.decode((tmp_path / "world.json").read_bytes(), type=World)
    assert written.places["DE"].path.startswith("M")
