"""The circles cover every country, and the committed file is what is built."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import build_places
from core.data.build_places import circles, outlines
from core.data.build_world import ABSENT
from core.data.topology import Area, Topology
from core.net.countries import CODES
from core.net.globe import EARTH_KM, angle, vector

COMMITTED = Path(build_places.__file__).parent / "places.json"

PLACES = st.tuples(st.floats(-179, 179), st.floats(-85, 85))


def test_every_country_has_a_place() -> None:
    found = msgspec.json.decode(COMMITTED.read_bytes(), type=dict[str, list[Any]])
    assert found.keys() == CODES - ABSENT
    assert all(1 <= len(each) <= build_places.MOST for each in found.values())
    assert COMMITTED.stat().st_size < 50_000


@given(st.lists(PLACES, min_size=1, max_size=30))
def test_every_point_is_in_a_circle(places: list[tuple[float, float]]) -> None:
    """The law that the smallest distance rests on."""
    points = [vector(*place) for place in places]
    found = circles(points)
    assert len(found) <= build_places.MOST
    for point in points:
        assert any(
            angle(vector(longitude, latitude), point) * EARTH_KM <= radius
            for latitude, longitude, radius in found
        )


def test_long_borders_are_covered_between_their_ends() -> None:
    """A straight border of 2000 kilometres is two points in the atlas."""
    arc = ((-120.0, 49.0), (-95.0, 49.0), (-95.0, 30.0), (-120.0, 49.0))
    topology = Topology((arc,), (Area("840", "USA", ((0,),)),))
    points = outlines(topology, {"840": "US"})["US"]
    steps = [angle(a, b) * EARTH_KM for a, b in pairwise(points)]
    assert max(steps) <= build_places.STEP_KM * 1.1
    assert points[0] == vector(*arc[0])


def test_the_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arcs = [[[0, 0], [20, 0], [0, 20], [-20, 0], [0, -20]]]
    feature = {"type": "Polygon", "properties": {"name": "Land"}, "arcs": [[~0]], "id": "276"}
    atlas = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": arcs,
        "objects": {"countries": {"geometries": [feature]}},
    }
    numbers = {code: {"_numeric": f"x{code}"} for code in CODES} | {"DE": {"_numeric": "276"}}
    answers = {
        "world-atlas": atlas,
        "cldr-core": {"supplemental": {"codeMappings": numbers}},
    }
    monkeypatch.setattr(
        build_places,
        "read_members",
        lambda package, wanted: [json.dumps(answers[package.name]).encode() for _ in wanted],
    )
    build_places.build(tmp_path / "places.json")
    written = msgspec.json.decode((tmp_path / "places.json").read_bytes())
    assert {"DE", "GI"} <= written.keys()
    assert len(written["DE"]) == build_places.MOST
