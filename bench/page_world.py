"""The server that pages are measured on: a panel with 500 domains, and what people have set.

The events are `bench.store_data`'s. Here come the customers and resellers, the rules, exemptions,
passes and the audit trail of a server that many hands have worked on, and the forms as browsers
send them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from bench.store_data import domains, mailboxes
from core.desk.entry import PASSES, Entry, stored
from core.panel import (
    Doors,
    MailDomain,
    MailHook,
    PanelInfo,
    Requirement,
    Role,
    Viewer,
    Visit,
)
from core.settings.scope import scope_of
from core.store.audit import StoredScope
from core.store.store import Store

RESELLER = "rita"
CUSTOMER = "anna"
RESOLD = 200
"""Domains of the reseller that is measured; the three first belong to the customer."""

OWNED = 3
"""Domains of a customer."""

PEOPLE = {Role.ADMIN: "root", Role.RESELLER: RESELLER, Role.CUSTOMER: CUSTOMER}

EXEMPT = 2_000
"""Entries of the server's list of exempt addresses."""

DAY = 86_400.0


class CrowdedPanel:
    """A panel with as many domains and mailboxes as the store speaks of."""

    name = "standalone"
    requirements: Sequence[Requirement] = ()

    def __init__(self) -> None:
        boxes = {
            domain: tuple(names)
            for domain, names in groupby(mailboxes(), lambda name: name.partition("@")[2])
        }
        self._domains = [
            MailDomain(
                name,
                CUSTOMER if number < OWNED else f"customer{number // OWNED:03}",
                RESELLER if number < RESOLD else f"reseller{number // 50:02}",
                True,
                boxes.get(name, ()),
                plan=("small", "large", "business")[number % 3],
            )
            for number, name in enumerate(domains())
        ]

    def probe(self) -> PanelInfo:
        """Found."""
        return PanelInfo(self.name, "1.0", "", "Postfix", "3.7.11")

    def domains(self) -> list[MailDomain]:
        """All of them."""
        return self._domains

    def viewer(self, visit: Visit) -> Viewer | None:  # noqa: ARG002  as the contract has it
        """Nobody comes without a bridge."""
        return None

    def bridge(self) -> None:
        """None: the bench asks by itself."""

    def registration(self, state: Path) -> None:
        """None."""

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:  # noqa: ARG002  likewise
        """None: what pages ask of a mail server is its programs' time, not ours."""
        return []


def settle(store: Store) -> None:
    """Set what a busy server has set, unless that is done: rules, exemptions, passes, a trail."""
    if store.settings.revision():
        return
    random, now = Random(2), time.time()
    boxes = mailboxes()
    server: StoredScope = ("server", "")
    store.settings.change(server, _server(random, now), "root (admin)", now - 30 * DAY)
    for number, name in enumerate(domains()[::2]):
        at = now - random.randrange(int(30 * DAY))
        values: dict[str, Any] = {"domain.enabled": True}
        if number % 3 == 0:
            values |= {"country.mode": "allow", "country.list": ["AT", "CH", "DE", "FR"]}
        if number % 5 == 0:
            values["exempt.addresses"] = _addresses(random, now, 8)
        store.settings.change(("domain", name), values, f"customer{number} (customer)", at)
    for box in random.sample(boxes, 400):
        scope = scope_of(mailbox=box)
        until = now + random.randrange(-5, 60) * DAY
        country = random.choice(("FR", "IT", "US", "GB"))
        passed = [stored(PASSES, Entry(country, "on a journey", until))]
        at = now - random.randrange(int(30 * DAY))
        where = (scope.level, scope.name)
        store.settings.change(where, {PASSES: passed}, "anna (customer)", at)
    for number in range(1_000):  # somebody changes their mind again and again
        mode = ("refuse", "watch")[number % 2]
        store.settings.change(server, {"network.cloud": mode}, "root (admin)", now - 1000 + number)


def _server(random: Random, now: float) -> dict[str, Any]:
    return {
        "country.mode": "refuse",
        "country.list": ["CN", "IR", "KP", "RU"],
        "network.attacker": "refuse",
        "domain.enabled": True,
        "send.limit": 150,
        "exempt.addresses": _addresses(random, now, EXEMPT),
        "exempt.accounts": [
            stored("exempt.accounts", Entry(box)) for box in random.sample(mailboxes(), 200)
        ],
    }


def _addresses(random: Random, now: float, count: int) -> list[dict[str, Any]]:
    return [
        stored(
            "exempt.addresses",
            Entry(
                f"198.{18 + n % 2}.{n // 256}.{n % 256}",
                f"office {n}",
                0 if n % 4 else now + random.randrange(-20, 300) * DAY,
            ),
        )
        for n in range(count)
    ]
