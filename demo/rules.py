"""The demo's settings: what the people of this server have set, when, and why.

Everything not named here is an embedded default. Changes go through the store's own settings, so
that each has its entry in the audit trail.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from core.settings.fields import check, plain
from core.settings.scope import Scope, scope_of
from core.store.store import Store
from demo import cast, places

DAY = 86_400.0
ADMIN = "karin"
"""The hoster's administrator."""

TRAVEL_DAYS = 7


class Change(Struct, frozen=True):
    """One evening's work on the settings.

    Attributes:
        age: how many days ago.
        scope: where.
        values: new values by the setting's name, None to inherit again.
        who: who did it.
        why: what they said about it.
    """

    age: float
    scope: Scope
    values: dict[str, Any]
    who: str
    why: str

    def make(self, store: Store, at: float) -> None:
        """Check and set the values, as a command or a page would.

        Raises:
            SettingError: one of them is not legal.
            StoreError: nothing was changed.
        """
        checked = {
            name: None if value is None else plain(check(name, value, self.scope.level))
            for name, value in self.values.items()
        }
        store.settings.change(
            (self.scope.level, self.scope.name), checked, self.who, at, why=self.why
        )


_LIND = "customer Lind & Partner asked for it by phone"

MONTH = (
    Change(
        30.4,
        scope_of(),
        {
            "country.server": "DE",
            "notify.address": cast.ADMINISTRATOR,
            "text.contact": "support@nordlicht.example",
        },
        ADMIN,
        "the day of the installation",
    ),
    Change(
        27.3,
        scope_of(domain="lindlaw.example"),
        {"country.mode": "allow", "country.list": ["DE", "AT", "CH"]},
        ADMIN,
        _LIND,
    ),
    Change(
        27.3,
        scope_of(domain="lindtax.example"),
        {"country.mode": "allow", "country.list": ["DE", "AT", "CH"]},
        ADMIN,
        _LIND,
    ),
    Change(
        24.2,
        scope_of(mailbox=cast.FREQUENT_TRAVELLER),
        {"country.list": ["DE", "AT", "CH", "IT", "FR"]},
        ADMIN,
        "Mr Lind has clients in Milan and Lyon",
    ),
    Change(
        20.1,
        scope_of(),
        {
            "exempt.addresses": [
                {"entry": places.SHOP_SERVER, "comment": "Teekontor's web shop sends from here"}
            ]
        },
        ADMIN,
        "seen in the log as network_cloud, before rented servers are refused",
    ),
    Change(
        5.6,
        scope_of(),
        {"exempt.send": [{"entry": cast.NEWSLETTER, "comment": "newsletter, 900 readers"}]},
        ADMIN,
        "it was blocked today; it is meant to send that much",
    ),
)
"""The settings of a month, oldest first."""


def refuse_rented_servers(store: Store, at: float) -> None:
    """What the administrator does about the botnet.

    Raises:
        StoreError: nothing was changed.
    """
    values = {"network.cloud": "refuse"}
    Change(0, scope_of(), values, ADMIN, "too many guesses from rented servers").make(store, at)


def exempt_traveller(store: Store, account: str, place: str, at: float) -> None:
    """Let one account log in from anywhere for a week.

    Raises:
        StoreError: nothing was changed.
    """
    entry = {"entry": account, "comment": place, "expires": at + TRAVEL_DAYS * DAY}
    values = {"exempt.accounts": [*_exempt_others(store), entry]}
    Change(0, scope_of(), values, ADMIN, f"{account} called from {place}").make(store, at)


def rewind(store: Store, at: float) -> None:
    """Take back what the acts set, so that they can be played again.

    Raises:
        StoreError: nothing was changed.
    """
    values = {"network.cloud": None, "exempt.accounts": _exempt_others(store) or None}
    Change(0, scope_of(), values, "demo", "the demo begins anew").make(store, at)


def _exempt_others(store: Store) -> list[Any]:
    """The exempt accounts that are not part of the story: whoever tries things out keeps them."""
    present = store.settings.all().get(("server", ""), {}).get("exempt.accounts", [])
    return [entry for entry in present if entry["entry"] not in cast.TRAVELLERS]
