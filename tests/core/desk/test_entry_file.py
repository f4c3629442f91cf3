"""Lists of exemptions are read as other programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.entry import Entry
from core.desk.entry_file import Form, read, write


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
        pytest.param("192.0.2.1;office\n192.0.2.2;\n", ["192.0.2.1", "192.0.2.2"], id="semicolons"),
        pytest.param("entry;comment;expires\n192.0.2.1;x;\n", ["192.0.2.1"], id="Excel"),
        pytest.param("192.0.2.1\toffice\n", ["192.0.2.1"], id="tabs"),
        pytest.param("192.0.2.1 # office\n", ["192.0.2.1"], id="remark behind it"),
    ],
)
def test_reads(text: str, entries: list[str]) -> None:
    """E16, K7: CSV, one entry a line, `.lst`."""
    found = read(text.encode())
    assert [line.entry.entry for line in found.lines] == entries
    assert found.faults == ()


@pytest.mark.parametrize(
    "line",
    [
        '192.0.2.1,"a; b",2026-03-01T18:00:00Z',
        '192.0.2.1;"a; b";2026-03-01T18:00:00Z',
        '"192.0.2.1";"a; b";"2026-03-01T18:00:00Z"',
        '192.0.2.1\t"a; b"\t2026-03-01T18:00:00Z',
    ],
)
def test_the_first_separator_is_meant(line: str) -> None:
    """E16: spreadsheets write semicolons where the comma is the decimal point."""
    found = read(line.encode())
    assert found.faults == ()
    assert [each.entry for each in found.lines] == [Entry("192.0.2.1", "a; b", 1_772_388_000)]


def test_what_stands_there_twice_is_counted() -> None:
    """E16: the first of them is taken."""
    found = read(b"192.0.2.1,first\n192.0.2.1/32,second\n192.0.2.2\n192.0.2.1\n")
    assert [each.entry for each in found.lines] == [Entry("192.0.2.1", "first"), Entry("192.0.2.2")]
    assert found.twice == 2


PREFERENCES = b"""\
required_score 5   # whitelist_from in a remark
whitelist_from boss@example.test *@shop.test
welcomelist_from_rcvd news@list.test list.test
def_whitelist_auth *@bank.test
blacklist_from evil@example.test
trusted_networks 192.0.2.0/24 198.51. 10.1.2.3
internal_networks 2001:db8::/32
"""


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("exempt.accounts", ["boss@example.test", "shop.test", "news@list.test", "bank.test"]),
        ("exempt.send", ["boss@example.test", "shop.test", "news@list.test", "bank.test"]),
        ("exempt.addresses", ["192.0.2.0/24", "198.51.0.0/16", "10.1.2.3", "2001:db8::/32"]),
    ],
)
def test_reads_what_fits_of_spamassassins_preferences(name: str, entries: list[str]) -> None:
    """K7: senders for lists of accounts, networks for lists of addresses; the rest is no fault."""
    found = read(PREFERENCES, name)
    assert [line.entry.entry for line in found.lines] == entries
    assert found.faults == ()


def test_reads_comment_and_end() -> None:
    """A16: an entry may end, and say why it is there."""
    text = b'192.0.2.1,"the office, 2nd floor",2026-03-01T18:00:00Z\n192.0.2.2\n'
    assert [line.entry for line in read(text, comment="import").lines] == [
        Entry("192.0.2.1", "the office, 2nd floor", 1_772_388_000),
        Entry("192.0.2.2", "import"),
    ]


@pytest.mark.parametrize(
    ("payload", "number", "said"),
    [
        (b"192.0.2.1\n\xff\xfe", 2, "no text in UTF-8"),
        (b"192.0.2.1\n192.0.2.2,a,b,c\n", 2, "expected entry, comment, expiry"),
        (b"192.0.2.1,,never\n", 1, "'never' is neither"),
        (b",comment\n", 1, "expected"),
        (b"a@x.test\n*@*.example.test\n", 2, "stands for many"),
        (b"trusted_networks 192.0.2.1\ntrusted_networks !192.0.2.9\n", 2, "takes something out"),
    ],
)
def test_says_which_line_is_wrong(payload: bytes, number: int, said: str) -> None:
    """E16: and takes the others, for a preview."""
    found = read(payload)
    assert [fault.number for fault in found.faults] == [number]
    assert said in found.faults[0].text
    assert str(found.faults[0]).startswith(f"line {number}: ")


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
    entries = [Entry(*row) for row in rows]
    assert [line.entry for line in read(write(entries).encode()).lines] == entries


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("exempt.addresses", ["192.0.2.1", "2001:db8::/32", "198.51.100.0/24"]),
        ("exempt.accounts", ["bob@example.test", "example.test"]),
    ],
)
def test_every_form_is_read_back(form: Form, name: str, entries: list[str]) -> None:
    """E16, K7: out of Mailward as well as into it."""
    text = write([Entry(entry) for entry in entries], form)
    assert [line.entry.entry for line in read(text.encode(), name).lines] == entries


def test_other_programs_are_not_given_systems() -> None:
    """They know none; the entry is not lost in silence."""
    entries = [Entry("AS64500"), Entry("192.0.2.1")]
    assert write(entries, Form.LST).splitlines() == [
        "# not for this program: AS64500",
        "192.0.2.1",
    ]
    assert write(entries, Form.LINES).splitlines() == ["AS64500", "192.0.2.1"]


@pytest.mark.parametrize("comment", ["=1+1", "@x", "-2", "+3", "'=quoted", "'plain", "a=b"])
def test_comments_are_no_formulas_in_a_spreadsheet_and_come_back(comment: str) -> None:
    """OWASP, CSV Injection: administrators export what customers wrote."""
    text = write([Entry("203.0.113.7", comment)])
    cell = text.splitlines()[1].split(",")[1]
    assert not cell.startswith(("=", "+", "-", "@"))
    (line,) = read(text.encode()).lines
    assert line.entry.comment == comment
