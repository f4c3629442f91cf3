"""A report says what happened in words of its reader, and shows only what there is."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from core.notify.language import Language
from core.notify.report_document import plain
from core.notify.report_facts import Busy, EndingPass, Report, Sums, Watched
from core.notify.report_period import latest
from core.notify.report_words import Place, document
from core.settings.scope import Scope
from core.store.blocks import PastBlock
from tests.core.notify.counted import DAY, MONDAY, NOW, WEEK

ENGLISH = Language("en", UTC, Path("/nonexistent"))
PLACE = Place("mx.example.test", "https://mx.example.test/", "the postmaster")
QUIET = Report(domain="", period=WEEK, now=NOW, sums=Sums(allowed=12))


def _block(**more: Any) -> PastBlock:
    known: dict[str, Any] = {
        "id": 1,
        "account": "bob@a.test",
        "domain": "a.test",
        "started": MONDAY - 2 * DAY,
        "until": MONDAY - 1.75 * DAY,
        "seconds": 21_600,
        "reason": "send_limit",
    }
    return PastBlock(**(known | more))


FULL = Report(
    domain="",
    period=WEEK,
    now=NOW,
    sums=Sums(4000, 300, 20, 100, 30, 9, 2),
    before=Sums(4000, 200, 0, 100, 60, 0, 1),
    countries=(Busy("RU", 200), Busy("", 3)),
    networks=(Busy("64496", 150, "Example\nNet"), Busy("64497", 1)),
    mailboxes=(Busy("ann@a.test", 90),),
    blocks=(_block(),),
    watched=(Watched("network_cloud", 15), Watched("of_tomorrow", 5)),
    passes=(
        EndingPass(Scope("mailbox", "ann@a.test"), "TH", NOW + DAY),
        EndingPass(Scope("server"), "BR", NOW + DAY),
    ),
    problems=(("data country", "its data is 70 days old"),),
)


def _said(report: Report, place: Place = PLACE) -> str:
    found = document(report, place, ENGLISH)
    return f"{found.subject}\n" + " ".join(plain(found).split())


def test_tells_everything() -> None:
    """D10: numbers, comparison, attackers, blocks, decisions, and where there is more."""
    found = _said(FULL)
    for part in (
        "4 Jan 2027 to 10 Jan 2027: 1 problem, 2 mailboxes blocked, 300 refused\n",
        "data country: its data is 70 days old",
        "Refused 300 200 +50%",
        "Mails sent 30 60 -50%",
        "Would have been refused, only watched 20 0",
        "Russia 200",
        "unknown country 3",
        "AS64496 Example?Net 150",
        "AS64497 1",
        "ann@a.test 90",
        "bob@a.test 9 Jan 2027, 00:00 ended by itself 9 Jan 2027, 06:00",
        "And 1 more.",
        "hosting or cloud network 15",
        "of_tomorrow 5",
        "ann@a.test Thailand 12 Jan 2027, 09:00",
        "everybody Brazil",
        "https://mx.example.test/dashboard",
        "https://mx.example.test/blocked",
        "https://mx.example.test/travellers",
        "notify.address",
    ):
        assert part in found, part


@pytest.mark.parametrize(
    ("more", "whole", "said"),
    [
        (
            {"released_at": MONDAY, "released_by": "carol"},
            True,
            "released 11 Jan 2027, 00:00 by carol",
        ),
        ({"released_at": MONDAY, "released_by": "carol"}, False, "released 11 Jan 2027, 00:00 See"),
        ({"until": NOW + 3600}, True, "still blocked, until 11 Jan 2027, 10:00"),
        ({"until": NOW - 3600}, True, "ended by itself 11 Jan 2027, 08:00"),
    ],
)
def test_tells_how_a_block_ended(more: dict[str, Any], whole: bool, said: str) -> None:
    """D10: an owner need not know who works for the hoster."""
    report = replace(FULL, domain="" if whole else "a.test", blocks=(_block(**more),))
    report = replace(report, sums=replace(FULL.sums, blocks=1))
    assert said in _said(report)


def test_a_quiet_week_is_told_as_such() -> None:
    """D10: so that silence means that something is wrong."""
    found = document(QUIET, PLACE, ENGLISH)
    assert found.subject == "mx.example.test, 4 Jan 2027 to 10 Jan 2027: all quiet"
    assert [section.title for section in found.sections] == ["In numbers"]
    assert "All quiet" in plain(found)
    assert "before" not in plain(found).partition("One session")[0]


def test_an_owner_reads_no_settings_and_no_commands() -> None:
    """D10: they have a mailbox, not a server."""
    found = _said(replace(FULL, domain="a.test", problems=()))
    for word in ("notify.", "owner.", "mailward ", "command", "/dashboard"):
        assert word not in found, word
    assert "a.test, 4 Jan 2027 to 10 Jan 2027: 2 mailboxes blocked" in found
    assert "ask the postmaster" in found
    assert "https://mx.example.test/overview" in found


def test_without_an_address_of_the_pages_there_are_no_links() -> None:
    """D10: rather none than wrong ones."""
    found = document(FULL, Place("mx.example.test"), ENGLISH)
    assert all(section.link is None for section in found.sections)


def test_a_day_is_told_as_a_day() -> None:
    """Not from the 10th to the 10th."""
    report = replace(QUIET, period=latest("daily", NOW, 0, UTC))
    assert "Sunday, 10 January 2027" in document(report, PLACE, ENGLISH).subject
