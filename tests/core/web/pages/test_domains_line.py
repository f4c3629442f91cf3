"""Domains as lists show them."""

from __future__ import annotations

from msgspec.structs import replace

from core.settings.scope import typed
from core.web.pages.domains_line import lines
from core.web.pages.domains_tally import Tally
from tests.core.web.rig import DOMAINS

ALPHA = ("domain", "alpha.example")


def test_line_counts_own_rules_of_domain_and_mailboxes() -> None:
    resolved, _ = typed(
        {
            ALPHA: {"country.mode": "allow", "country.list": ["DE"], "domain.enabled": True},
            ("mailbox", "bob@alpha.example"): {"network.cloud": "off"},
            ("mailbox", "info@beta.example"): {"network.cloud": "off"},
        }
    )
    alpha, beta, gamma, _ = lines(DOMAINS, resolved, {"beta.example": Tally(logins=4)})
    assert (alpha.rules, alpha.boxes, alpha.overrides, alpha.mailboxes) == (2, 1, 2, 2)
    assert (beta.rules, beta.boxes, beta.tally.logins) == (0, 1, 4)
    assert (gamma.overrides, gamma.tally) == (0, Tally())


def test_plan_that_is_off_is_stronger_than_the_switch() -> None:
    resolved, _ = typed({})
    off = replace(DOMAINS[0], enabled=False, plan="Gold")
    (line,) = lines([off], resolved, {})
    assert (line.switched, line.is_on) == (True, False)
