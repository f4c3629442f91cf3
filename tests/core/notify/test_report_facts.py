"""A report counts its own days, its own domain, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.notify.report_facts import MOST_BLOCKS, Busy, Report, Sums, Watched, gather
from core.settings.scope import Scope, typed
from core.store.store import Store
from tests.core.notify.counted import DAY, FORMER, NOW, WEEK, block, count

RULES, _ = typed({})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a week in it."""
    found = Store.open(f"sqlite:///{tmp_path}/store.sqlite")
    count(found)
    yield found
    found.close()


def _gather(store: Store, domain: str = "", **more: Any) -> Report:
    known: dict[str, Any] = {"rules": RULES, "period": WEEK, "former": FORMER, "now": NOW} | more
    return gather(store, domain=domain, **known)


@pytest.mark.parametrize(
    ("domain", "sums", "before"),
    [
        ("", Sums(40, 10, 5, 100, 30, 9, 2), Sums(refused=50)),
        ("a.test", Sums(40, 7, 5, 100, 30, 9, 1), None),
        ("b.test", Sums(0, 3, 0, 0, 0, 0, 1), Sums(refused=50)),
        ("c.test", Sums(), None),
    ],
)
def test_counts_one_week_and_the_one_before(
    store: Store, domain: str, sums: Sums, before: Sums | None
) -> None:
    """D10: an owner's report counts only their domain."""
    found = _gather(store, domain)
    assert (found.sums, found.before) == (sums, before)


@pytest.mark.parametrize(
    ("domain", "countries", "networks", "mailboxes"),
    [
        (
            "",
            [("RU", 107), ("FR", 5), ("VN", 3)],
            [("64496", 112), ("64497", 3)],
            [("ann@a.test", 107), ("bob@a.test", 5), ("eve@b.test", 3)],
        ),
        (
            "a.test",
            [("RU", 107), ("FR", 5)],
            [("64496", 112)],
            [("ann@a.test", 107), ("bob@a.test", 5)],
        ),
        ("b.test", [("VN", 3)], [("64497", 3)], [("eve@b.test", 3)]),
        ("c.test", [], [], []),
    ],
)
def test_the_busiest_are_attackers_and_their_targets(
    store: Store,
    domain: str,
    countries: list[tuple[str, int]],
    networks: list[tuple[str, int]],
    mailboxes: list[tuple[str, int]],
) -> None:
    """D10: nobody's own logins and mails are among them, and no neighbour's."""
    found = _gather(store, domain, namer=lambda address: f"whose {address} is")
    assert list(found.countries) == [Busy(*each) for each in countries]
    name = "whose 203.0.113.7 is"
    assert list(found.networks) == [Busy(*each, name) for each in networks]
    assert list(found.mailboxes) == [Busy(*each) for each in mailboxes]


def test_tells_how_each_block_ended(store: Store) -> None:
    """D10: those that began in the week."""
    found = _gather(store)
    assert [(b.account, b.released_by) for b in found.blocks] == [
        ("eve@b.test", "carol"),
        ("bob@a.test", ""),
    ]
    assert [b.account for b in _gather(store, "a.test").blocks] == ["bob@a.test"]


def test_many_blocks_are_counted_and_not_all_told(store: Store) -> None:
    """A mail has an end."""
    store.blocks.opened(*(block(f"{n}@c.test", 1.0) for n in range(50)))
    found = _gather(store, "c.test")
    assert (len(found.blocks), found.sums.blocks) == (MOST_BLOCKS, 50)


def test_tells_what_would_have_been_refused(store: Store) -> None:
    """D10: that is a decision to take."""
    assert _gather(store).watched == (Watched("network_cloud", 5),)
    assert _gather(store, "b.test").watched == ()


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("", [("mailbox", "TH"), ("server", "BR"), ("domain", "JP")]),
        ("a.test", [("mailbox", "TH"), ("domain", "JP")]),
        ("b.test", []),
    ],
)
def test_passes_that_end_soon_are_those_of_the_reader(
    store: Store, domain: str, found: list[tuple[str, str]]
) -> None:
    """D10: neither what is over nor what ends much later."""

    def ends(country: str, days: float) -> dict[str, Any]:
        return {"country": country, "expires": NOW + days * DAY}

    rules, _ = typed(
        {
            ("server", ""): {"country.passes": [ends("BR", 2), ends("CN", 90)]},
            ("domain", "a.test"): {"country.passes": [ends("JP", 3), ends("US", -1)]},
            ("mailbox", "ann@a.test"): {"country.passes": [ends("TH", 1)]},
            ("domain", "off.test"): {
                "country.passes": [ends("KE", 1)],
                "domain.enabled": False,
            },
        }
    )
    passes = _gather(store, domain, rules=rules).passes
    assert [(each.scope.level, each.country) for each in passes] == found
    assert passes[:1] == () or isinstance(passes[0].scope, Scope)


def test_only_the_administrator_reads_of_problems(store: Store) -> None:
    """They are the server's."""
    problems = [("data country", "old")]
    assert _gather(store, problems=problems).problems == (("data country", "old"),)
    assert _gather(store, "a.test", problems=problems).problems == ()


@pytest.mark.parametrize(
    ("domain", "problems", "is_quiet"),
    [("c.test", (), True), ("a.test", (), False), ("", (), False)],
)
def test_quiet_is_when_nobody_has_to_know(
    store: Store, domain: str, problems: Any, is_quiet: bool
) -> None:
    """D10: that is said, too."""
    assert _gather(store, domain).is_quiet is is_quiet


def test_nobody_owns_a_pattern(store: Store) -> None:
    """A domain called * is no other domain."""
    assert _gather(store, "*").sums == Sums()
