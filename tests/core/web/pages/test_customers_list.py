"""The list of customers' domains: searched, sorted, put into groups."""

from __future__ import annotations

import pytest

from core.panel import MailDomain
from core.web.pages.customers_list import Wish, chosen, groups, mailboxes
from core.web.pages.domains_line import DomainLine
from core.web.pages.domains_tally import Tally


def _line(
    name: str,
    customer: str = "",
    plan: str = "",
    *,
    on: bool = True,
    rules: int = 0,
    logins: int = 0,
    by_plan: bool = True,
) -> DomainLine:
    domain = MailDomain(name, customer, "rita", by_plan, (f"info@{name}",), plan)
    return DomainLine(name, domain, on, rules, 0, Tally(logins=logins))


LINES = (
    _line("b.example", "zoe", "Gold", logins=5),
    _line("a.example", "zoe", "Silver", rules=2),
    _line("c.example", "Anna", "Gold", on=False, logins=9),
    _line("d.example", "", "Gold", by_plan=False),
)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({}, "d c a b"),  # the server's own, Anna, zoe
        ({"by": "none"}, "a b c d"),
        ({"by": "none", "sort": "logins"}, "c b a d"),
        ({"by": "plan"}, "b c d a"),
        ({"q": "ZOE"}, "a b"),
        ({"q": "silver"}, "a"),
        ({"q": "info@c"}, "c"),
        ({"q": "info"}, ""),  # mailboxes are looked through for addresses only
        ({"by": "none", "state": "on"}, "a b"),
        ({"by": "none", "state": "off"}, "c d"),
        ({"state": "plan"}, "d"),
        ({"state": "own"}, "a"),
        ({"by": "moon", "sort": "x", "state": "y"}, "d c a b"),
    ],
)
def test_what_is_shown_in_which_order(said: dict[str, str], names: str) -> None:
    found = chosen(LINES, Wish.of(said))
    assert " ".join(line.name.partition(".")[0] for line in found) == names


def test_group_knows_what_stands_on_other_pages() -> None:
    wish = Wish()
    wanted = chosen(LINES, wish)
    found = groups(wanted[2:3], wanted, wish)
    assert [(g.name, g.total, g.on, len(g.lines)) for g in found] == [("zoe", 2, 2, 1)]


def test_group_knows_how_many_could_be_on() -> None:
    wanted = chosen(LINES, Wish(by="plan"))
    gold = groups(wanted, wanted, Wish(by="plan"))[0]
    assert (gold.name, gold.total, gold.on, gold.able) == ("Gold", 3, 1, 2)


def test_only_what_is_unusual_stands_in_addresses() -> None:
    assert Wish.of({"q": "x", "by": "customer", "sort": "logins"}).words == {
        "q": "x",
        "sort": "logins",
    }


def test_search_for_an_address_names_mailboxes() -> None:
    assert mailboxes(LINES, "info@a") == ["info@a.example"]
    assert mailboxes(LINES, "info@", 2) == ["info@b.example", "info@a.example"]
    assert mailboxes(LINES, "info") == []
