from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PlanError
from core.mta.exim_blocks import LineBlock, places
from core.system.edits import EditState

BLOCK = LineBlock("exim-mail", "  .include_if_exists /etc/x.conf", line="acl_check_mail:")
SECTION = LineBlock("exim-options", "a = b", line="begin acl", before=True)


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        ("acl_x:", "acl_x:\n  accept\n", ["acl_x:"]),
        ("acl_x:", "# acl_x:\n\tacl_x :  \n", ["\tacl_x :  "]),
        ("acl_x:", "acl_xy:\nan_acl_x:\nset y = acl_x:\n", []),
        ("begin acl", "begin  acl\n", ["begin  acl"]),
        ("begin acl", "begin acls\n#begin acl", []),
        ("acl_x:", "acl_x:\nacl_x:", ["acl_x:", "acl_x:"]),
    ],
)
def test_a_line_is_found_whatever_its_blanks(line: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in places(text, line)] == found


def test_a_block_stands_behind_its_line_or_before_it() -> None:
    text = "begin acl\nacl_check_mail:\n  accept\n"
    behind = BLOCK.apply(text)
    assert behind.splitlines()[1:4] == [
        "acl_check_mail:",
        "# BEGIN mailward exim-mail (edits in here are lost)",
        "  .include_if_exists /etc/x.conf",
    ]
    assert SECTION.apply(text).splitlines()[1:4] == [
        "a = b",
        "# END mailward exim-options",
        "begin acl",
    ]
    assert BLOCK.apply(behind) == behind
    assert BLOCK.state(behind) is EditState.PRESENT


@pytest.mark.parametrize("text", ["", "acl_check_mail:\nacl_check_mail:\n"])
def test_a_line_that_is_not_there_once_stops_it(text: str) -> None:
    with pytest.raises(PlanError, match=r"`acl_check_mail:` is there \d times"):
        BLOCK.apply(text)


@given(st.text(alphabet="ab:\n #"), st.text(alphabet="ab:\n #"), st.booleans())
def test_it_goes_byte_for_byte(before: str, after: str, ahead: bool) -> None:
    """E15: whatever stands around the line, and however the file ends."""
    text = f"{before}\nmarked\n{after}"
    block = LineBlock("exim-x", "ours", line="marked", before=ahead)
    for each in (text, text.rstrip("\n"), text.lstrip("\n")):
        assert block.revert(block.apply(each)).text == each


def test_it_says_where_it_goes() -> None:
    assert BLOCK.describe().endswith("marked mailward exim-mail, after `acl_check_mail:`")
    assert SECTION.describe().endswith("before `begin acl`")
