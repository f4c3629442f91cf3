"""What would help: only what really changes the answer."""

from __future__ import annotations

import time

import msgspec
import pytest
from msgspec.structs import replace

from core.desk.decision import decided
from core.engine.checks import Opinion
from core.engine.decide import Decision, Step
from core.engine.explain import Explanation
from core.store.ledger import Ledger
from core.store.signal import NotedSignal
from core.web.pages.explain_remedy import remedies
from core.words import Reason, Verdict
from tests.core.desk import samples
from tests.core.web.pages.daemon import Daemon
from tests.core.web.pages.explained import FINE, REFUSED, furnish, only_austria
from tests.core.web.rig import Pages

BOB = "bob@alpha.example"


def _titles(pages: Pages, address: str, account: str = BOB) -> list[str]:
    found = decided(pages.parts.desk("x"), address, account, 587).explanation
    with pages.app.test_request_context():
        return [each.title for each in remedies(found)]


def _links(pages: Pages) -> list[str]:
    found = decided(pages.parts.desk("x"), REFUSED, BOB, 587).explanation
    with pages.app.test_request_context():
        return [each.href for each in remedies(found)]


def test_pass_helps_after_the_password_only(pages: Pages) -> None:
    """D11, A17: before the password a pass of the mailbox alone would not help."""
    furnish(pages)
    only_austria(pages, ("domain", "alpha.example"))
    assert "server=1" not in _links(pages)[0]
    assert "scope=mailbox" in _links(pages)[-1]
    only_austria(pages)
    expected = ["Issue a traveller pass", "Allow Russia", "Exempt 203.0.113.7"]
    assert _titles(pages, REFUSED) == expected
    assert _titles(pages, REFUSED, "") == expected[1:]
    assert "server=1" in _links(pages)[0]
    assert "scope=" not in _links(pages)[-1]


def test_links_lead_to_filled_in_forms(pages: Pages) -> None:
    furnish(pages)
    only_austria(pages)
    for link in _links(pages):
        answer = pages.admin.get(link)
        answer = pages.admin.follow(answer) if answer.status_code != 200 else answer
        assert answer.status_code == 200
        assert "203.0.113.7" in answer.text or "Russia" in answer.text


def test_blocked_account_can_be_released(pages: Pages) -> None:
    """B7"""
    furnish(pages)
    ledger = Ledger.open(pages.config.state / "ledger", now=time.time())
    ledger.block(samples.block(BOB))
    ledger.close()
    assert _titles(pages, FINE)[:2] == ["Release the account", f"Exempt {BOB} from the limit"]


def test_unknown_country_may_be_let_pass(pages: Pages) -> None:
    furnish(pages)
    only_austria(pages, more={"country.unknown": "refuse"})
    assert _titles(pages, "192.0.2.1")[0] == "Let unknown countries pass"


def test_who_is_let_in_can_be_refused(pages: Pages) -> None:
    furnish(pages)
    assert _titles(pages, REFUSED) == ["Refuse Russia"]
    assert _titles(pages, "127.0.0.1") == []


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.ACCOUNT_STOLEN, [f"Say what was seen of {BOB}", "Release the account"]),
        (Reason.BLOCKED_BY_HAND, ["Release the account"]),
    ],
)
def test_block_that_is_not_of_the_limit_is_not_ended_by_a_higher_one(
    pages: Pages, reason: Reason, expected: list[str]
) -> None:
    """A19, A23"""
    furnish(pages)
    ledger = Ledger.open(pages.config.state / "ledger", now=time.time())
    ledger.block(replace(samples.block(BOB), reason=reason))
    ledger.close()
    assert _titles(pages, FINE) == expected


def _seen_attacking(pages: Pages) -> Explanation:
    """What a daemon says of somebody who guessed passwords here."""
    found = decided(pages.parts.desk("x"), REFUSED, BOB, 587).explanation
    opinion = Opinion(Verdict.DENY, Reason.ATTACKER_SEEN, f"{REFUSED} tried 14 accounts")
    decision = Decision(Verdict.DENY, Reason.ATTACKER_SEEN, evidence=opinion.evidence)
    first = replace(
        found.stages[0], decision=decision, steps=(Step("attacker", opinion),), text="refused"
    )
    return replace(found, stages=(first, *found.stages[1:]))


def test_attacker_can_be_let_pass(pages: Pages) -> None:
    """A9, D13: a wrong refusal that nobody can lift loses the customer."""
    furnish(pages)
    with pages.app.test_request_context():
        found = remedies(_seen_attacking(pages))
    assert [each.href.partition("?")[0] for each in found] == [
        "/attackers",
        "/exemptions",
        "/attackers/rules#attack-mode",
    ]
    assert all(pages.admin.get(each.href.partition("#")[0]).status_code == 200 for each in found)


def test_account_that_looks_stolen_is_dealt_with_first(pages: Pages) -> None:
    """A19"""
    furnish(pages)
    found = decided(pages.parts.desk("x"), FINE, BOB, 587).explanation
    seen = NotedSignal(at=1.0, last=2.0, account=BOB, kind="travel", evidence="<b>DE and VN")
    with pages.app.test_request_context():
        titles = [each.title for each in remedies(replace(found, signals=(seen,)))]
    assert titles[0] == f"Say what was seen of {BOB}"
    plain = msgspec.to_builtins(replace(found, signals=(seen,)))
    Daemon(pages, explain=lambda **_: plain)
    text = pages.admin.get("/explain", address=FINE, account=BOB).text
    assert "impossible journey" in text
    assert "&lt;b&gt;DE and VN" in text


def test_page_says_what_the_judge_said(pages: Pages) -> None:
    furnish(pages)
    plain = msgspec.to_builtins(_seen_attacking(pages))
    Daemon(pages, explain=lambda **_: plain)
    text = pages.admin.get("/explain", address=REFUSED, account=BOB).text
    assert "tried to guess passwords on this server" in text
    assert f"{REFUSED}: tried 14 accounts" in text
    assert "Let 203.0.113.7 pass again" in text
