"""Lines come out whole, however the pieces fall, and bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.maillog.lines import LONGEST, Lines


@given(
    st.lists(st.binary(max_size=20).map(lambda b: b.replace(b"\n", b" ")), max_size=20),
    st.lists(st.integers(1, 7), min_size=1),
)
def test_pieces_make_the_same_lines(wanted: list[bytes], sizes: list[int]) -> None:
    """Wherever the file is cut into pieces."""
    data = b"".join(line + b"\n" for line in wanted)
    lines, found, start, turn = Lines(), [], 0, 0
    while start < len(data):
        size = sizes[turn % len(sizes)]
        found += lines.feed(data[start : start + size])
        start, turn = start + size, turn + 1
    assert found == wanted
    assert (lines.taken, lines.waiting, lines.cut) == (len(data), 0, 0)


def test_a_line_without_an_end_waits() -> None:
    """Half a line is none yet."""
    lines = Lines()
    assert lines.feed(b"one\ntw") == [b"one"]
    assert lines.waiting == 2
    assert lines.feed(b"o\n") == [b"two"]
    assert lines.feed(b"three") == []
    assert lines.finish() == [b"three"]
    assert lines.finish() == []


def test_what_is_too_long_is_cut_once() -> None:
    """Its beginning is told, its rest passed over, and nothing of it is kept."""
    lines, found = Lines(), []
    for _ in range(100):
        found += lines.feed(b"x" * 10_000)
        assert lines.waiting <= LONGEST
    found += lines.feed(b"end\nnext\n")
    assert found == [b"x" * LONGEST, b"next"]
    assert lines.cut == 1


def test_a_long_line_in_one_piece_is_cut() -> None:
    """Also when it comes with its end."""
    lines = Lines()
    assert lines.feed(b"a\n" + b"y" * (LONGEST + 1) + b"\nb\n") == [b"a", b"y" * LONGEST, b"b"]
    assert lines.cut == 1


def test_the_middle_of_a_line_is_passed_over() -> None:
    """Who begins there has not seen its beginning."""
    lines = Lines(inside=True)
    assert lines.feed(b"rest") == []
    assert lines.feed(b" of it\nwhole\n") == [b"whole"]
