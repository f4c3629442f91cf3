"""The list of customers' domains: searched, sorted, put into groups. Shows nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext
from msgspec import Struct

from core.web.pages.domains_line import DomainLine

GROUPS: Final[Mapping[str, LazyString]] = {
    "customer": lazy_gettext("by customer"),
    "plan": lazy_gettext("by plan"),
    "reseller": lazy_gettext("by reseller"),
    "none": lazy_gettext("not grouped"),
}
"""What the domains are put together by."""

SORTS: Final[Mapping[str, LazyString]] = {
    "name": lazy_gettext("name"),
    "logins": lazy_gettext("most logins"),
    "refused": lazy_gettext("most refusals"),
    "mailboxes": lazy_gettext("most mailboxes"),
    "overrides": lazy_gettext("most own rules"),
}
"""Orders inside a group."""

STATES: Final[Mapping[str, LazyString]] = {
    "all": lazy_gettext("all domains"),
    "on": lazy_gettext("switched on"),
    "off": lazy_gettext("switched off"),
    "plan": lazy_gettext("off by their plan"),
    "own": lazy_gettext("with own rules"),
}
"""Which domains are shown."""

_KEYS: Final[Mapping[str, Callable[[DomainLine], Any]]] = {
    "name": lambda line: line.name,
    "logins": lambda line: (-line.tally.logins, line.name),
    "refused": lambda line: (-line.tally.refused, line.name),
    "mailboxes": lambda line: (-(line.mailboxes or 0), line.name),
    "overrides": lambda line: (-line.overrides, -line.rules, line.name),
}

_TAKES: Final[Mapping[str, Callable[[DomainLine], bool]]] = {
    "all": lambda _: True,
    "on": lambda line: line.is_on,
    "off": lambda line: not line.is_on,
    "plan": lambda line: not line.domain.enabled,
    "own": lambda line: line.overrides > 0,
}


class Wish(Struct, frozen=True):
    """What somebody wants to see.

    Attributes:
        q: part of the name of a domain, customer, reseller, plan or mailbox; "" for all.
        by, sort, state: keys of `GROUPS`, `SORTS` and `STATES`.
    """

    q: str = ""
    by: str = "customer"
    sort: str = "name"
    state: str = "all"

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Wish:
        """What an address says; what makes no sense is as if it were not said."""
        usual = cls()
        by, sort, state = said.get("by", ""), said.get("sort", ""), said.get("state", "")
        return cls(
            q=said.get("q", "").strip()[:320],
            by=by if by in GROUPS else usual.by,
            sort=sort if sort in SORTS else usual.sort,
            state=state if state in STATES else usual.state,
        )

    @property
    def words(self) -> dict[str, str]:
        """The same for `url_for`, without what is usual."""
        said = {"q": self.q, "by": self.by, "sort": self.sort, "state": self.state}
        usual = Wish()
        return {name: value for name, value in said.items() if value != getattr(usual, name)}


class Group(Struct, frozen=True):
    """Domains that belong together.

    Attributes:
        name: of the customer, plan or reseller; "" for the server's own, or for no plan.
        total: how many domains it has, also those on other pages.
        on: how many of them are switched on.
        able: how many could be: their plan permits it.
        lines: its domains on this page.
    """

    name: str
    total: int
    on: int
    able: int
    lines: tuple[DomainLine, ...]


def chosen(lines: Sequence[DomainLine], wish: Wish) -> list[DomainLine]:
    """The domains that are wanted, in the order of groups, then as the wish says."""
    takes, needle = _TAKES[wish.state], wish.q.lower()
    found = [line for line in lines if takes(line) and _holds(line, needle)]
    found.sort(key=_KEYS[wish.sort])
    if wish.by != "none":
        found.sort(key=lambda line: group_of(line, wish.by).lower())
    return found


def groups(page: Sequence[DomainLine], everything: Sequence[DomainLine], wish: Wish) -> list[Group]:
    """The domains of one page, put together.

    Args:
        page: in the order of `chosen`.
        everything: all that are wanted, for the sums.
        wish: says by what.
    """
    names = [group_of(line, wish.by) for line in everything]
    totals = Counter(names)
    switched = Counter(n for n, line in zip(names, everything, strict=True) if line.is_on)
    able = Counter(n for n, line in zip(names, everything, strict=True) if line.domain.enabled)
    found: dict[str, list[DomainLine]] = {}
    for line in page:
        found.setdefault(group_of(line, wish.by), []).append(line)
    return [Group(n, totals[n], switched[n], able[n], tuple(those)) for n, those in found.items()]


def mailboxes(lines: Sequence[DomainLine], q: str, most: int = 8) -> list[str]:
    """Mailboxes that a search for an address finds, a few of them."""
    needle = q.lower()
    if "@" not in needle:
        return []
    found = (box.lower() for line in lines for box in line.domain.mailboxes)
    return [box for box, _ in zip((b for b in found if needle in b), range(most), strict=False)]


def group_of(line: DomainLine, by: str) -> str:
    """The group that a domain is in."""
    return "" if by == "none" else str(getattr(line.domain, by))


def _holds(line: DomainLine, needle: str) -> bool:
    if not needle:
        return True
    domain = line.domain
    names = (line.name, domain.customer, domain.reseller, domain.plan)
    if any(needle in name.lower() for name in names):
        return True
    return "@" in needle and any(needle in box.lower() for box in domain.mailboxes)
