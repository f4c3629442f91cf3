"""Evidence of the judge and the lookout, in the visitor's language (E20)."""

from __future__ import annotations

import re

import pytest

from core.engine.judging import evidence as judge
from core.engine.judging.scores import Tally
from core.web import evidence as module
from core.web.evidence import SENTENCES, evidence
from tests.core.web.rig import Pages

SAID = {
    "logins from {count} countries within {hours} hours: {places}": "L {places} {count} {hours}",
    "{place} {length} after {other}: at least {far} km": "{far} km: {other}, {length}, {place}",
    "the password was right, the login from {place} was refused [{reason}]": "{place} ({reason})",
    "tried {count} accounts in {length}, last at {time}": "{count} Konten, {length}, {time}",
    "a few seconds": "wenige Sekunden",
}


@pytest.mark.parametrize(
    ("line", "german"),
    [
        (
            "logins from 2 countries within 24 hours: Germany (87.139.20.5), Nigeria (2001:db8::1)",
            "L Deutschland (87.139.20.5), Nigeria (2001:db8::1) 2 24",
        ),
        (
            "Austria (198.51.100.1) 14 minutes after Germany (203.0.113.7): at least 4,187 km",
            "4,187 km: Deutschland (203.0.113.7), 14 Minuten, Österreich (198.51.100.1)",
        ),
        (
            "Austria (198.51.100.1) seconds after Germany (203.0.113.7): at least 400 km",
            "400 km: Deutschland (203.0.113.7), wenige Sekunden, Österreich (198.51.100.1)",
        ),
        (
            "the password was right, the login from Austria (198.51.100.1) was refused [nonsense]",
            "Österreich (198.51.100.1) (nonsense)",
        ),
        ("tried 14 accounts in 6 minutes, last at 03:12 UTC", "14 Konten, 6 Minuten, 03:12 UTC"),
        ("<b>what another version saw</b> {0} %s", "<b>what another version saw</b> {0} %s"),
    ],
)
def test_a_line_is_said_again(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, line: str, german: str
) -> None:
    monkeypatch.setattr(module, "gettext", lambda text: SAID.get(text, text))
    with pages.app.test_request_context(headers={"Accept-Language": "de"}):
        assert evidence(line) == german


@pytest.mark.parametrize("accounts", [1, 2, 40])
@pytest.mark.parametrize("others", [1, 7])
@pytest.mark.parametrize("sides", [0, 90])
def test_what_the_judge_says_is_known(accounts: int, others: int, sides: int) -> None:
    tally = Tally(1.0, accounts, others, 9, 0.0, 7200.0, 0)
    line = judge.of_address(tally, sides, 7200.0)
    assert any(pattern.fullmatch(line) for pattern, _ in module._PATTERNS), line


def test_every_blank_is_filled() -> None:
    for pattern, sentence in module._PATTERNS:
        assert set(pattern.groupindex) == set(re.findall(r"\{(\w+)\}", sentence))
    assert len(SENTENCES) == len(set(SENTENCES))
