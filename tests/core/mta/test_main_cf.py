from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mta.main_cf import ListEntry, definitions, value
from core.system.edits import EditState

ENTRY = ListEntry("list", ("$ours",))
TWO = ListEntry("list", ("our_a", "our_b"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("list = a, b\n", "list = $ours, a, b\n"),
        ("list=a\n", "list= $ours,a\n"),
        ("list =\n", "list = $ours\n"),
        ("list =\n    a\n# note\n    b\nx = 1\n", "list = $ours,\n    a\n# note\n    b\nx = 1\n"),
        ("list = , a\n", "list = $ours, , a\n"),
        ("list = a\nlist = b\n", "list = a\nlist = $ours, b\n"),
        ("list = a", "list = $ours, a"),
        ("other = list\n", "other = list\nlist = $ours\n"),
        ("other = 1", "other = 1\nlist = $ours"),
        ("# list = a\n", "# list = a\nlist = $ours\n"),
        ("listless = a\n", "listless = a\nlist = $ours\n"),
        ("list = a, $ours, b\n", "list = $ours, a, b\n"),
    ],
)
def test_our_word_comes_first(before: str, after: str) -> None:
    assert ENTRY.apply(before) == after
    assert ENTRY.apply(after) == after
    assert ENTRY.state(after) is EditState.PRESENT


LINES = st.lists(
    st.sampled_from(
        [
            "list = a, b",
            "list=",
            "list = ",
            "list =",
            "   c, { d, e }",
            "\td,",
            "# comment",
            "",
            "other = 1",
            "   ",
        ]
    ),
    max_size=8,
)


@given(LINES, st.booleans(), st.sampled_from([ENTRY, TWO]))
def test_our_words_come_and_go_without_a_trace(
    lines: list[str], newline: bool, entry: ListEntry
) -> None:
    text = "\n".join(lines) + ("\n" if newline else "")
    entry = replace(entry, created=value(text, "list") is None)
    applied = entry.apply(text)
    assert entry.state(text) is EditState.ABSENT
    assert entry.state(applied) is EditState.PRESENT
    assert entry.apply(applied) == applied
    assert entry.revert(applied).text == text
    assert entry.revert(text).text == text


@given(LINES)
def test_the_words_of_others_keep_their_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    last = definitions(text, "list")
    theirs = [word.text for word in last[-1].words(text)] if last else []
    applied = TWO.apply(text)
    listed = [word.text for word in definitions(applied, "list")[-1].words(applied)]
    assert listed == ["our_a", "our_b", *theirs]


@pytest.mark.parametrize(
    ("now", "after", "created"),
    [
        ("list = new, $ours, a\n", "list = new, a\n", False),
        ("list = a, $ours\n", "list = a\n", False),
        ("list = $ours, theirs\n", "list = theirs\n", True),
        ("list = $ours\n", "", True),
        ("list = $ours\n", "list =\n", False),
        ("list = theirs\n", "list = theirs\n", True),
        ("other = 1\n", "other = 1\n", True),
    ],
)
def test_taking_it_back_keeps_what_others_made_of_the_list(
    now: str, after: str, created: bool
) -> None:
    assert replace(ENTRY, created=created).revert(now).text == after


def test_a_default_is_kept_where_there_was_no_definition() -> None:
    entry = ListEntry("list", ("$ours",), created=True, rest="default_a, default_b")
    applied = entry.apply("x = 1\n")
    assert applied == "x = 1\nlist = $ours, default_a, default_b\n"
    assert entry.revert(applied).text == "x = 1\n"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("list = a, $ours\n", EditState.CHANGED),
        ("list = $ours\nlist = a\n", EditState.CHANGED),
        ("list = $ours_too\n", EditState.ABSENT),
        ("", EditState.ABSENT),
    ],
)
def test_states(text: str, state: EditState) -> None:
    assert ENTRY.state(text) is state


def test_the_last_definition_counts() -> None:
    assert value("a = 1\na = 2,\n  3\n", "a") == "2, 3"
    assert value("a = 1\n", "b") is None
