"""What led to a block, in plain words (B6)."""

from __future__ import annotations

import pytest

from core.settings.model import Settings
from core.store.block import Block
from core.store.event import Event
from core.web.pages.blocked_story import Origin, story, told
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages

START = 1_700_000_000.0


def _block(evidence: str = "") -> Block:
    return Block(
        account="bob@alpha.example",
        started=START,
        until=START + 60,
        seconds=60,
        reason="send_limit",
        evidence=evidence,
    )


def _mail(at: float, country: str = "BR", account: str = "bob@alpha.example") -> Event:
    local = country == "local"
    return Event(
        at=at,
        last=at,
        stage=Stage.SEND,
        service=Service.LOCAL if local else Service.SUBMISSION,
        verdict=Verdict.ALLOW,
        reason=Reason.NOTHING_AGAINST,
        address="" if local else "203.0.113.7",
        country="" if local else country,
        account=account,
        domain="alpha.example",
    )


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ("151 messages within 300 seconds, 150 are permitted", "151 mails within 5 minutes"),
        ("9 recipients within 7200 seconds, 3 are permitted", "Mails to 9 recipients within"),
        ("", "More mails than are permitted"),
        ("quite another\x1b[1m thing", "quite another\\x1b[1m thing"),
    ],
)
def test_evidence_is_told_in_plain_words(pages: Pages, evidence: str, said: str) -> None:
    with pages.app.test_request_context():
        assert told(_block(evidence)).startswith(said)


def test_only_the_mails_before_the_block_are_counted_by_place(pages: Pages) -> None:
    pages.parts.store.write(
        [
            _mail(START - 400),  # before the window of 300 seconds
            _mail(START - 20),
            _mail(START - 10),
            _mail(START - 5, "local"),
            _mail(START - 5, account="eve@alpha.example"),
            _mail(START + 5, "FR"),
        ]
    )
    with pages.app.test_request_context():
        found = story(pages.parts.store, _block(), Settings())
    assert found.origins == (Origin("Brazil", 2), Origin("scripts on the server", 1))
    assert found.addresses == 1
