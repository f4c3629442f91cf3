"""What would help: only what really changes the answer."""

from __future__ import annotations

import time

from core.desk.decision import decided
from core.store.ledger import Ledger
from core.web.pages.explain_remedy import remedies
from tests.core.desk import samples
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
