"""Lists of exemptions are read as other programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cli.entry_file import read, write
from core.errors import SettingError


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        pytest.param("192.0.2.1\n198.51.100.0/24\n", ["192.0.2.1", "198.51.100.0/24"], id="lines"),
        pytest.param("\ufeff192.0.2.1\r\n", ["192.0.2.1"], id="windows"),
        pytest.param("# old\n\n; older\n192.0.2.1  \n", ["192.0.2.1"], id="comments"),
        pytest.param("entry,comment\n192.0.2.1,office\n", ["192.0.2.1"], id="titles"),
        pytest.param("*@example.test\nbob@x.test\n", ["example.test", "bob@x.test"], id=".lst"),
        pytest.param("a@x.test\nA@X.test\n", ["a@x.test"], id="twice"),
        pytest.param("", [], id="empty"),
    ],
)
def test_reads(text: str, entries: list[str]) -> None:
    """E16: CSV, one entry a line, `.lst`."""
    assert [entry["entry"] for entry in read(text.encode())] == entries


def test_reads_comment_and_end() -> None:
    """A16: an entry may end, and say why it is there."""
    found = read(b'192.0.2.1,"the office, 2nd floor",2026-03-01T18:00:00Z\n192.0.2.2\n', "import")
    assert found == [
        {"entry": "192.0.2.1", "comment": "the office, 2nd floor", "expires": 1_772_388_000},
        {"entry": "192.0.2.2", "comment": "import"},
    ]


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"\xff\xfe", "no text in UTF-8"),
        (b"192.0.2.1\n192.0.2.2,a,b,c\n", "line 2"),
        (b"192.0.2.1,,never\n", "line 1: 'never' is neither"),
        (b",comment\n", "line 1"),
    ],
)
def test_says_which_line_is_wrong(payload: bytes, said: str) -> None:
    """Before anything is changed."""
    with pytest.raises(SettingError, match=said):
        read(payload)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z0-9.]{1,20}\.test", fullmatch=True),
            st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20),
            st.integers(0, 4_000_000_000),
        ),
        unique_by=lambda row: row[0],
    )
)
def test_what_is_written_is_read(rows: list[tuple[str, str, int]]) -> None:
    """`exempt list --csv` and `exempt import` are inverse."""
    entries = [{"entry": e, "comment": c, "expires": x} for e, c, x in rows]
    found = read(write(entries).encode())
    assert [{"comment": "", "expires": 0} | entry for entry in found] == entries
