"""A search as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import StoreError
from core.store.event_filter import EventFilter, StoredEvent
from core.web.pages.log_export import BATCH, Harvest, as_csv, as_json
from core.words import Reason, Stage, Verdict
from tests.core.web.pages.log_events import event, record
from tests.core.web.rig import Pages

NOON = 1_767_268_800.0


@pytest.fixture(autouse=True)
def in_a_request(pages: Pages) -> Iterator[None]:
    with pages.app.test_request_context("/log"):
        yield


def rows(harvest: Harvest) -> list[dict[str, str]]:
    """What a spreadsheet reads."""
    text = "".join(as_csv(harvest))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def document(harvest: Harvest) -> Any:
    """What a program reads."""
    return json.loads(b"".join(as_json(harvest)))


def test_a_line_says_the_same_in_words_codes_and_both_times(pages: Pages) -> None:
    (stored,) = record(pages, event(NOON, last=NOON + 30, count=4, queue_id="4X"))
    harvest = Harvest(pages.parts.store.events, EventFilter())
    (found,) = document(harvest)["events"]
    assert found.pop("time_local").startswith("2026-01-0")
    assert found == {
        "id": stored.id,
        "time_utc": "2026-01-01T12:00:00Z",
        "last_utc": "2026-01-01T12:00:30Z",
        "count": 4,
        "happened": "Login refused",
        "why": "country not allowed",
        "stage": "auth",
        "service": "submission",
        "verdict": "deny",
        "reason": "country",
        "would": "",
        "check": "country",
        "address": "203.0.113.7",
        "country": "KP",
        "asn": 64500,
        "account": "bob@alpha.example",
        "domain": "alpha.example",
        "queue_id": "4X",
        "recipients": 0,
        "detail": "203.0.113.7 is in KP: is not among the allowed",
    }
    (line,) = rows(harvest)
    assert {name: line[name] for name in found} == {name: str(v) for name, v in found.items()}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_a_spreadsheet_computes(pages: Pages, start: str) -> None:
    hostile = f'{start}HYPERLINK("http://bad.example";"x")'
    record(pages, event(NOON, detail=hostile, account=hostile, domain=hostile))
    (line,) = rows(Harvest(pages.parts.store.events, EventFilter()))
    for name in ("detail", "account", "domain"):
        assert line[name] == f"'{hostile}"


def test_quotes_commas_and_lines_stay_in_their_cell(pages: Pages) -> None:
    record(pages, event(NOON, detail='a "quoted", text;\nof two lines ü€'))
    (line,) = rows(Harvest(pages.parts.store.events, EventFilter()))
    assert line["detail"] == 'a "quoted", text;\nof two lines ü€'


@pytest.mark.parametrize(
    ("there", "most", "read"),
    [(0, 5, 0), (5, 5, 5), (6, 5, 5), (BATCH, BATCH, BATCH), (BATCH + 7, 5000, BATCH + 7)],
)
def test_the_newest_are_taken_and_what_is_missing_is_said(
    pages: Pages, there: int, most: int, read: int
) -> None:
    if there:
        record(pages, *[event(NOON + n) for n in range(there)])
    found = document(Harvest(pages.parts.store.events, EventFilter(), most))
    assert len(found["events"]) == read
    assert [e["id"] for e in found["events"]] == list(range(there, there - read, -1))
    assert found["complete"] is (there <= most)
    assert bool(found["problem"]) is (there > most)
    lines = rows(Harvest(pages.parts.store.events, EventFilter(), most))
    assert len(lines) == read + (there > most)


def test_only_what_the_search_wants(pages: Pages) -> None:
    record(
        pages,
        event(NOON),
        event(NOON, account="dora@delta.example"),
        event(NOON, stage=Stage.SEND, verdict=Verdict.ALLOW, reason=Reason.NOTHING_AGAINST),
    )
    wanted = EventFilter(domains=frozenset({"alpha.example"}), verdicts=frozenset({Verdict.DENY}))
    (line,) = rows(Harvest(pages.parts.store.events, wanted))
    assert (line["account"], line["stage"]) == ("bob@alpha.example", "auth")


class Failing:
    """A store that goes away after its first thousand events."""

    def __init__(self, events: Any) -> None:
        self._events = events

    def find(
        self, wanted: EventFilter, limit: int, before_id: int | None = None
    ) -> list[StoredEvent]:
        """The first page only."""
        if before_id is not None:
            raise StoreError("disk is away")
        found: list[StoredEvent] = self._events.find(wanted, limit, before_id)
        return found


def test_a_store_that_goes_away_leaves_a_file_that_says_so(pages: Pages) -> None:
    record(pages, *[event(NOON + n) for n in range(BATCH + 1)])
    failing: Any = Failing(pages.parts.store.events)
    found = document(Harvest(failing, EventFilter()))
    assert len(found["events"]) == BATCH
    assert not found["complete"]
    assert "disk is away" in found["problem"]
    assert "disk is away" in rows(Harvest(failing, EventFilter()))[-1]["id"]
