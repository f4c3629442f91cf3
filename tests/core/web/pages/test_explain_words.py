"""Evidence in the visitor's language."""

from __future__ import annotations

import msgspec
import pytest

from core.engine.checks import Opinion
from core.settings.model import Settings
from core.sources.facts import AddressFacts
from core.web.pages.explain_words import evidence
from core.words import Reason, Verdict
from tests.core.web.rig import Pages

FACTS = AddressFacts("192.0.2.1", 4, 0, country="CN", second="TW")


@pytest.mark.parametrize(
    ("reason", "engine", "expected"),
    [
        (
            Reason.COUNTRY,
            "",
            "192.0.2.1 is in China or, by another source, Taiwan: among the refused countries.",
        ),
        (Reason.COUNTRY_UNKNOWN, "", "Nobody knows the country of 192.0.2.1."),
        (
            Reason.EXEMPT_ADDRESS,
            "192.0.2.1 is in 192.0.2.0/24 (office)",
            "192.0.2.1 is exempt by: 192.0.2.0/24 (office)",
        ),
        (
            Reason.NETWORK_CLOUD,
            "192.0.2.1 is in AS1 (A, b)",
            "192.0.2.1 is in AS1 (A, b)",
        ),
        (Reason.EXEMPT_ACCOUNT, "a@b.test is exempt", "a@b.test is exempt"),
        (
            Reason.SEND_LIMIT,
            "151 mails",
            "One more mail would be past the limit: 150 mails within 5 minutes.",
        ),
    ],
)
def test_evidence_is_said_again(pages: Pages, reason: Reason, engine: str, expected: str) -> None:
    with pages.app.test_request_context():
        assert evidence(Opinion(Verdict.DENY, reason, engine), FACTS, Settings()) == expected


def test_list_of_allowed_countries_is_told_apart(pages: Pages) -> None:
    rules = Settings()
    rules = msgspec.structs.replace(
        rules, country=msgspec.structs.replace(rules.country, mode="allow")
    )
    with pages.app.test_request_context():
        said = evidence(Opinion(Verdict.DENY, Reason.COUNTRY, ""), FACTS, rules)
    assert said.endswith("not among the allowed countries.")
