"""A list is tested with addresses whose answer is known (RFC 5782 5)."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import DataError
from core.sources.dns_lists.self_test import Tested, examine
from core.sources.dns_lists.zone import ZONES

ZONE = ZONES["abusix"]
LISTED = ZONE.question("", 4, 0x7F000002)
CLEAN = ZONE.question("", 4, 0x7F000001)
LISTED_V6 = ZONE.question("", 6, 0xFFFF7F000002)
CLEAN_V6 = ZONE.question("", 6, 0xFFFF7F000001)
HIT = frozenset({"127.0.0.4"})


def examined(answers: dict[str, frozenset[str] | str]) -> Tested:
    async def ask(name: str) -> frozenset[str]:
        answer = answers.get(name, frozenset())
        if isinstance(answer, str):
            raise DataError(answer)
        return answer

    return asyncio.run(examine(ZONE, "", ask))


@pytest.mark.parametrize(
    ("answers", "versions"),
    [
        ({LISTED: HIT, LISTED_V6: HIT}, {4, 6}),
        ({LISTED: HIT}, {4}),
        ({LISTED: HIT, LISTED_V6: "failed"}, {4}),
    ],
    ids=["both", "IPv4 only", "IPv6 fails"],
)
def test_a_sound_list(answers: dict[str, frozenset[str] | str], versions: set[int]) -> None:
    assert examined(answers) == Tested(frozenset(versions))


@pytest.mark.parametrize(
    ("answers", "says", "certain"),
    [
        ({LISTED: HIT, CLEAN: HIT}, "lists everybody", True),
        ({LISTED: HIT, LISTED_V6: HIT, CLEAN_V6: HIT}, "lists everybody", True),
        ({}, "does not know its own test entry", True),
        ({LISTED: "no answer"}, "no answer", False),
        ({CLEAN: frozenset({"203.0.113.1"})}, "says nothing about logins", False),
    ],
    ids=["wildcard", "wildcard for IPv6", "dead or a wrong key", "down", "sold"],
)
def test_a_list_that_may_not_be_believed(
    answers: dict[str, frozenset[str] | str], says: str, certain: bool
) -> None:
    found = examined(answers)
    assert says in found.problem
    assert found.versions == frozenset()
    assert found.certain is certain
