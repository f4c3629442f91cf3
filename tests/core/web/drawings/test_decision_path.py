"""The decision path is a list that reads the same without its picture (E15)."""

from __future__ import annotations

import pytest

from core.web.drawings.decision_path import Check, Outcome, StageWay, decision_path
from tests.core.web.drawings.svg import having, is_permitted, parse, words

STAGES = (
    StageWay(
        Outcome.WATCH,
        "Before",
        "the server's",
        (
            Check(Outcome.SILENT, "Exempt", "no opinion"),
            Check(Outcome.WATCH, "Network", "would refuse", "<evidence>", "?n&x", "setting"),
        ),
        "Passes",
    ),
    StageWay(Outcome.REFUSE, "After", "", (), "Refused", "535 no"),
)


def test_it_reads_in_order() -> None:
    tree = parse(decision_path("Way", STAGES))
    assert is_permitted(tree)
    read = " ".join("".join(tree.itertext()).split())
    expected = (
        "Before",
        "the server's",
        "Exempt",
        "no opinion",
        "Network",
        "would refuse",
        "<evidence>",
        "setting",
        "Passes",
        "After",
        "Refused",
        "535 no",
    )
    places = [read.find(word) for word in expected]
    assert -1 not in places
    assert places == sorted(places)


def test_checks_are_a_list_in_a_list() -> None:
    tree = parse(decision_path("Way", STAGES, level=2))
    (way,) = having(tree, "mw-path")
    assert (way.tag, way.get("aria-label")) == ("ol", "Way")
    assert [stage.tag for stage in way] == ["li", "li"]
    assert len(tree.findall(".//ol/li/ol/li")) == 2
    assert words(tree, "h2") == ["Before", "After"]
    assert [link.get("href") for link in tree.iter("a")] == ["?n&x"]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_outcomes_are_told_apart_without_colour(outcome: Outcome) -> None:
    """Each has its word; those with an opinion have a sign of their own."""
    stage = StageWay(outcome, "S", "", (Check(outcome, "C", f"it {outcome}s"),), "end")
    tree = parse(decision_path("Way", (stage,)))
    joints = having(tree, f"mw-joint-{outcome}")
    assert len(joints) == 2
    assert all(joint.get("aria-hidden") == "true" for joint in joints)
    assert words(tree, "span") == ["C", f"it {outcome}s"]
    silent = outcome in (Outcome.SILENT, Outcome.UNASKED)
    assert all(bool(joint.findall("path")) is not silent for joint in joints)


def test_signs_differ() -> None:
    shapes = set()
    for outcome in Outcome:
        stage = StageWay(outcome, "S", "", (), "end")
        tree = parse(decision_path("Way", (stage,)))
        shapes |= {path.get("d") for path in tree.iter("path")}
    assert len(shapes) == 4


@pytest.mark.parametrize("level", [1, 7])
def test_headings_have_levels(level: int) -> None:
    with pytest.raises(ValueError, match="no heading"):
        decision_path("Way", STAGES, level)
