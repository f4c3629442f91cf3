"""Domains as lists show them: whose they are, whether their rules count, what happened.

Shared by the overview, the domains and the customers; each of them chooses its columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from core.panel import MailDomain
from core.settings.account import domain_of
from core.settings.scope import DOMAIN_SWITCH, Resolved, Scope
from core.web.pages.domains_tally import Tally

NOTHING: Final = Tally()


class DomainLine(Struct, frozen=True):
    """One domain.

    Attributes:
        name: as settings have it.
        domain: what the panel knows of it.
        switched: whether its own rules count, as far as the switch says.
        rules: how many settings it has of its own, the switch not counted.
        boxes: how many of its mailboxes have settings of their own.
        tally: what happened in the period.
    """

    name: str
    domain: MailDomain
    switched: bool
    rules: int
    boxes: int
    tally: Tally

    @property
    def is_on(self) -> bool:
        """Whether its own rules count: the switch is on, and its plan permits it."""
        return self.switched and self.domain.enabled

    @property
    def overrides(self) -> int:
        """How many places decide otherwise than the server."""
        return self.boxes + (self.rules > 0)

    @property
    def mailboxes(self) -> int | None:
        """How many mailboxes it has; None where the panel cannot say."""
        return len(self.domain.mailboxes) or None


def lines(
    domains: Iterable[MailDomain], resolved: Resolved, tallies: Mapping[str, Tally]
) -> list[DomainLine]:
    """The domains, in their order.

    Args:
        domains: which.
        resolved: all settings.
        tallies: by the domain's name.
    """
    boxes = Counter(
        domain_of(scope.name)
        for scope, values in resolved.overrides.items()
        if scope.level == "mailbox" and values
    )
    found = []
    for each in domains:
        name = each.name.lower()
        own = resolved.overrides.get(Scope("domain", name), {})
        line = DomainLine(
            name=name,
            domain=each,
            switched=resolved.counts(Scope("domain", name)),
            rules=len(own.keys() - {DOMAIN_SWITCH}),
            boxes=boxes[name],
            tally=tallies.get(name, NOTHING),
        )
        found.append(line)
    return found
