"""A file is shown before it is added, with every line that is wrong."""

from __future__ import annotations

import pytest

from core.desk import entry_import, exemptions
from core.desk.entry import Entry, Place
from core.desk.entry_file import Form, write
from core.desk.shadow import shadows
from core.engine.policy import Snapshot
from core.errors import SettingError
from core.settings.scope import SERVER_SCOPE, Scope
from tests.core.desk.office import Office

ADDRESSES = Place("exempt.addresses")


def test_tells_what_is_new_what_changes_and_what_stays(office: Office) -> None:
    """E16: before anything is changed."""
    with office.desk() as desk:
        exemptions.add(desk, ADDRESSES, [Entry("192.0.2.1", "office"), Entry("192.0.2.2")])
        text = b"192.0.2.1\n192.0.2.2,shop\n192.0.2.3/32\n"
        shown = entry_import.preview(desk, ADDRESSES, text)
        assert [each.entry for each in exemptions.entries(desk, ADDRESSES)] == [
            "192.0.2.1",
            "192.0.2.2",
        ]
        assert shown.fresh == (Entry("192.0.2.3"),)
        assert shown.changed == (Entry("192.0.2.2", "shop"),)
        assert (shown.same, shown.faults) == (1, ())
        entry_import.carry_out(desk, shown)
        assert exemptions.entries(desk, ADDRESSES) == [
            Entry("192.0.2.1", "office"),
            Entry("192.0.2.2", "shop"),
            Entry("192.0.2.3"),
        ]
        assert (
            entry_import.carry_out(desk, entry_import.preview(desk, ADDRESSES, text)).told is None
        )


def test_what_is_over_is_left_out_and_told(office: Office) -> None:
    """E16: an old export must not bring back who was exempt once; a line twice is told, too."""
    text = b"192.0.2.1,,2020-01-01\n192.0.2.2,,2100-01-01\n192.0.2.2\n192.0.2.3,,2020-01-01\n"
    with office.desk() as desk:
        exemptions.add(desk, ADDRESSES, [Entry("192.0.2.3", "stays")])
        shown = entry_import.preview(desk, ADDRESSES, text)
        assert [each.entry for each in shown.fresh] == ["192.0.2.2"]
        assert [each.entry for each in shown.expired] == ["192.0.2.1", "192.0.2.3"]
        assert shown.remarks == [
            "1 line said what an earlier one says",
            "2 entries are over already, and left out",
        ]
        entry_import.carry_out(desk, shown)
        assert exemptions.entries(desk, ADDRESSES)[0] == Entry("192.0.2.3", "stays")


def test_what_is_passed_over_does_not_hinder(office: Office) -> None:
    """E16: rules of CSF for other ports, and the like; told, but not by the thousand."""
    rules = b"".join(b"tcp|in|d=22|s=203.0.113.%d\n" % number for number in range(15))
    with office.desk() as desk:
        shown = entry_import.preview(desk, ADDRESSES, b"192.0.2.1 # office\n" + rules)
        assert shown.faults == ()
        assert len(shown.remarks) == 11
        assert shown.remarks[0].startswith("line 2: is a rule for other ports")
        assert shown.remarks[-1] == "5 more lines passed over"
        assert entry_import.carry_out(desk, shown).changes


def test_the_files_name_tells_a_deny_list(office: Office) -> None:
    with office.desk() as desk:
        shown = entry_import.preview(desk, ADDRESSES, b"192.0.2.1\n", origin="/etc/csf/csf.deny")
        with pytest.raises(SettingError, match="who is shut out"):
            entry_import.carry_out(desk, shown)
        assert exemptions.listed(desk) == []


def test_every_bad_line_is_named_with_its_number(office: Office) -> None:
    """E16: whether the form is wrong or the entry; and none is added."""
    text = b"# list\n192.0.2.1\nbob\n192.0.2.2,,never\n0.0.0.0/0\n"
    with office.desk() as desk:
        shown = entry_import.preview(desk, ADDRESSES, text)
        assert [fault.number for fault in shown.faults] == [3, 4, 5]
        assert shown.fresh == (Entry("192.0.2.1"),)
        with pytest.raises(SettingError, match=r"line 3: 'bob'.*line 4: 'never'.*line 5: 0\.0\.0"):
            entry_import.carry_out(desk, shown)
        assert exemptions.listed(desk) == []


def test_an_error_does_not_name_a_thousand_lines(office: Office) -> None:
    """A preview has them all."""
    with office.desk() as desk:
        shown = entry_import.preview(desk, ADDRESSES, b"nobody\n" + b"x y\n" * 20)
    # A line that stands there twice is one thing.
    assert len(shown.faults) == 2
    many = b"".join(b"user%d\n" % number for number in range(15))
    with office.desk() as desk:
        shown = entry_import.preview(desk, ADDRESSES, many)
        with pytest.raises(SettingError, match="and 5 more lines"):
            entry_import.refuse(shown)
    assert len(shown.faults) == 15


def test_a_list_that_is_not_there_is_said_before_the_file_is_read(office: Office) -> None:
    """Exempt senders belong to the server."""
    place = Place("exempt.send", Scope("domain", "example.test"))
    with office.desk() as desk, pytest.raises(SettingError, match="server only"):
        entry_import.preview(desk, place, b"a@x.test\n")


def test_twenty_thousand_entries_stay_quick(office: Office) -> None:
    """E16: everything that a page or the daemon does is linear in them.

    No time is asserted: a square of twenty thousand takes minutes, and the suite's limit is five.
    """
    entries = [Entry(f"10.{n >> 8 & 255}.{n & 255}.{n >> 16}", "", 4e9) for n in range(20_000)]
    text = write(entries, Form.CSV).encode()
    with office.desk() as desk:
        entry_import.carry_out(desk, entry_import.preview(desk, ADDRESSES, text))
        exemptions.remove(desk, ADDRESSES, [entries[5].entry])
        exemptions.add(desk, ADDRESSES, [entries[5]])
        assert len(exemptions.listed(desk)) == 20_000
        snapshot = Snapshot(desk.rules().resolved)
        shadow = shadows(desk.rules().resolved, SERVER_SCOPE)
    assert not snapshot.server.exempt.empty
    assert shadow == []
