from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PlanError
from core.system.blocks import MarkedBlock, append, cut
from core.system.edits import EditState

BLOCK = MarkedBlock("postfix", "one = 1\ntwo = 2")
LINES = st.text(alphabet="ab #=\t\r\n\u2028\x0b\x1f", max_size=60)


@given(LINES, st.booleans())
def test_a_block_comes_and_goes_without_a_trace(text: str, first: bool) -> None:
    block = MarkedBlock("postfix", "one = 1\ntwo = 2", first=first)
    applied = block.apply(text)
    assert block.state(text) is EditState.ABSENT
    assert block.state(applied) is EditState.PRESENT
    assert block.apply(applied) == applied
    assert block.revert(applied).text == text
    assert block.revert(text).text == text


@given(LINES, LINES, LINES)
def test_edits_around_a_block_stay(before: str, text: str, after: str) -> None:
    applied = BLOCK.apply(text.rstrip("\n") + "\n")
    edited = before + "\n" + applied + after
    assert BLOCK.revert(edited).text == before + "\n" + text.rstrip("\n") + "\n" + after


def test_a_block_is_replaced_where_it_stands() -> None:
    text = "a\n" + BLOCK.apply("") + "b\n"
    other = MarkedBlock("postfix", "one = 3")
    assert other.state(text) is EditState.CHANGED
    assert other.apply(text) == "a\n" + other.apply("") + "b\n"


def test_blocks_of_other_names_are_not_ours() -> None:
    other = MarkedBlock("postfix-2", "x = 1")
    text = other.apply(BLOCK.apply("a\n"))
    assert BLOCK.revert(text).text == other.apply("a\n")


def test_lines_that_others_put_into_it_are_kept_and_told() -> None:
    text = BLOCK.apply("a\n").replace("two = 2", "two = 3\nthree = 3")
    reverted = BLOCK.revert(text)
    assert reverted.text == "a\ntwo = 3\nthree = 3\n"
    assert reverted.left == (
        "kept a line that is not ours: two = 3",
        "kept a line that is not ours: three = 3",
    )


BEGIN, *_, END = BLOCK.apply("").rstrip("\n").split("\n")


@pytest.mark.parametrize(
    "text",
    [f"{BEGIN}\none = 1\n", f"one = 1\n{END}\n", f"{BEGIN}\n{BEGIN}\n{END}\n", f"{END}\n{BEGIN}\n"],
    ids=["no end", "no begin", "two begins", "wrong order"],
)
def test_damaged_markers_stop_everything(text: str) -> None:
    for act in (BLOCK.apply, BLOCK.revert, BLOCK.state):
        with pytest.raises(PlanError, match="markers of the block `mailward postfix` are damaged"):
            act(text)


@given(LINES, st.text(alphabet="xy", min_size=1))
def test_cut_is_the_inverse_of_append(text: str, line: str) -> None:
    longer = append(text, line)
    start = len(text) + (bool(text) and not text.endswith("\n"))
    assert cut(longer, start, start + len(line)) == text
