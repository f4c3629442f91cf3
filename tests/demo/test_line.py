"""How a decision looks on a screen."""

from __future__ import annotations

import pytest

from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from demo.line import UNCUT, WIDE, lines, word


def event(**changes: object) -> Event:
    """A login that was refused for its country."""
    values: dict[str, object] = {
        "at": 1_000_000.0,
        "last": 1_000_000.0,
        "stage": Stage.AUTH,
        "service": Service.IMAPS,
        "verdict": Verdict.DENY,
        "reason": Reason.COUNTRY,
        "address": "171.96.1.1",
        "country": "TH",
        "account": "sofia@lindlaw.example",
        "detail": "171.96.1.1 is in TH: is not among the allowed",
    }
    return Event(**(values | changes))  # type: ignore[arg-type]  # a test's own values


ALLOWED = {"verdict": Verdict.ALLOW, "reason": Reason.LOGIN_OK, "detail": ""}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "refused"),
        (ALLOWED, "allowed"),
        (ALLOWED | {"reason": Reason.LOGIN_FAILED}, "failed"),
        (ALLOWED | {"would": "network_cloud"}, "watched"),
        ({"verdict": Verdict.DEFER, "reason": Reason.SEND_LIMIT}, "deferred"),
    ],
)
def test_a_verdict_has_a_word_for_people(changes: dict[str, object], expected: str) -> None:
    assert word(event(**changes)) == expected


LONG = {"account": "a.very.long.name.indeed@sonnenhof.example", "address": "2001:db8:1:2:3:4:5:6"}


@pytest.mark.parametrize("width", [80, 100, WIDE, 160])
@pytest.mark.parametrize("changes", [{}, ALLOWED, LONG, {"country": ""}, {"account": ""}])
def test_no_line_is_longer_than_the_screen(width: int, changes: dict[str, object]) -> None:
    assert all(len(line) <= width for line in lines(event(**changes), width))


def test_where_there_is_room_a_decision_is_one_line() -> None:
    (line,) = lines(event(), 160)
    assert line.plain.split() == [
        *line.plain.split()[:1],
        *["refused", "auth", "imaps", "sofia@lindlaw.example", "171.96.1.1", "Thailand", "country"],
        *["in", "TH:", "is", "not", "among", "the", "allowed"],
    ]


def test_columns_stand_below_each_other() -> None:
    one, other = (lines(event(**changes), 160)[0].plain for changes in ({}, {"country": "DE"}))
    assert one.index("171.96.1.1") == other.index("171.96.1.1")
    assert one.index("country") == other.index("country")


def test_in_a_narrow_screen_the_reason_stands_below() -> None:
    first, second = (line.plain for line in lines(event(), 80))
    assert first.endswith("171.96.1.1 TH")
    assert second.split(", ")[0].strip() == "Thailand"
    assert "not among the allowed" in second
    assert len(lines(event(**ALLOWED), 80)) == 1


def test_a_pipe_gets_all_of_it() -> None:
    (line,) = lines(event(**LONG), UNCUT)
    assert LONG["account"] in line.plain
    assert LONG["address"] in line.plain


def test_a_login_name_cannot_command_the_terminal() -> None:
    for width in (80, 160):
        for line in lines(event(account="a\x1b[2Jb@x.example"), width):
            assert "\x1b" not in line.plain
