"""Counts, broken down."""

from __future__ import annotations

import pytest

from core.words import Reason, Stage, Verdict
from tests.core.cli.desk import Desk
from tests.core.desk import samples


def _fill(desk: Desk) -> None:
    with desk.store() as store:
        store.write(
            [
                samples.event(at=samples.NOW - 3 * 86_400, count=100),
                samples.event(count=6),
                samples.event(country="", verdict=Verdict.DEFER, reason=Reason.FAULT, count=1),
                samples.login("bob@example.test", count=3, would="country"),
                samples.login("al@other.test"),
            ]
        )


@pytest.mark.parametrize(
    ("words", "totals"),
    [
        ("--by country", {"RU": 6, "AT": 4, "": 1}),
        ("--by country --since 4d", {"RU": 106, "AT": 4, "": 1}),
        ("--by country --stage auth", {"AT": 4}),
        ("--by domain", {"example.test": 3, "other.test": 1}),
        ("--by country --domain example.test", {"AT": 3}),
        ("--by reason", {"country": 6, "nothing_against": 4, "fault": 1}),
        ("--by stage --verdict deny", {"connect": 6}),
        ("--by service --would", {"submission": 3}),
        ("--by reason --country RU", {"country": 6}),
    ],
)
def test_counts(desk: Desk, words: str, totals: dict[str, int]) -> None:
    """D1, D3: storms count as often as they struck."""
    _fill(desk)
    document = desk.json("stats", "--json", *words.split())
    by = document["by"]
    found = {line[by]: line["total"] for line in document["lines"]}
    assert {key: count for key, count in found.items() if key or by == "country"} == totals


def test_lines_say_what_was_allowed_and_refused(desk: Desk) -> None:
    """The bar is as long as the share."""
    _fill(desk)
    page = desk("stats", "--by", "country").stdout.splitlines()
    assert page[1].split() == ["RU", "Russia", "0", "6", "6", "#" * 30]
    assert page[2].split() == ["AT", "Austria", "4", "0", "4", "-" * 20]
    assert page[3].split() == ["not", "known", "0", "1", "1", "#" * 5]
    assert page[4].split() == ["all", "shown", "4", "7", "11"]


def test_hours_are_in_their_order_and_the_latest_are_kept(desk: Desk) -> None:
    """Time runs downward."""
    hour = samples.NOW - samples.NOW % 3600
    with desk.store() as store:
        store.write([samples.event(at=hour - 3600 * n, count=n + 1) for n in range(5)])
    lines = desk.json("stats", "--by", "hour", "--json")["lines"]
    assert [line["total"] for line in lines] == [5, 4, 3, 2, 1]
    assert [line["hour"] for line in lines] == [hour - 3600 * n for n in (4, 3, 2, 1, 0)]
    result = desk("stats", "--by", "hour", "--limit", "2")
    assert [line.split()[-2] for line in result.stdout.splitlines()[1:3]] == ["2", "1"]
    assert "3 more" in result.stderr


def test_what_is_there_at_all_shows(desk: Desk) -> None:
    """One refusal beside ten thousand logins still has its mark."""
    with desk.store() as store:
        store.write([samples.event(), samples.login("a@b.test", count=10_000, country="RU")])
    assert "#" in desk("stats", "--by", "country").stdout.splitlines()[1]


def test_nothing_is_said_in_words(desk: Desk) -> None:
    """And makes no store."""
    assert desk("stats").stdout.startswith("Nothing was counted since 20")
    assert desk.json("stats", "--json")["lines"] == []
    assert not desk.config.state.exists()


@pytest.mark.parametrize("stage", [stage.value for stage in Stage])
def test_every_stage_can_be_named(desk: Desk, stage: str) -> None:
    """As it stands in logs."""
    assert desk("stats", "--stage", stage).exit_code == 0
