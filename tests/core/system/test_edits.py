from __future__ import annotations

import pytest

from core.errors import PlanError
from core.system.blocks import MarkedBlock
from core.system.edits import EditCodec, EditState, apply_all, revert_all, state_of_all

ONE, TWO = MarkedBlock("one", "1"), MarkedBlock("two", "2", leader=";", first=True)


def test_edits_come_back_from_disk_as_they_were() -> None:
    codec = EditCodec([MarkedBlock])
    assert [codec.load(codec.dump(edit)) for edit in (ONE, TWO)] == [ONE, TWO]


def test_an_edit_of_a_newer_version_is_refused() -> None:
    with pytest.raises(PlanError, match="unknown kind 'wand'"):
        EditCodec([MarkedBlock]).load({"kind": "wand"})


def test_edits_are_taken_back_in_the_other_order() -> None:
    assert revert_all([ONE, TWO], apply_all([ONE, TWO], "text")).text == "text"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("text", EditState.ABSENT),
        (ONE.apply("text"), EditState.CHANGED),
        (apply_all([ONE, TWO], "text"), EditState.PRESENT),
    ],
    ids=["none", "one of two", "both"],
)
def test_the_state_of_several_edits(text: str, state: EditState) -> None:
    assert state_of_all([ONE, TWO], text) is state
