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
            name: None if value is None else plain(check(name, _dated(value, at), self.scope.level))
            for name, value in self.values.items()
        }
        store.settings.change(
            (self.scope.level, self.scope.name), checked, self.who, at, why=self.why
        )


def _dated(value: Any, at: float) -> Any:
    """Entries that last some `days` get their end."""
    if not isinstance(value, list):
        return value
    return [
        {**{key: each[key] for key in each if key != "days"}, "expires": at + each["days"] * DAY}
        if isinstance(each, dict) and "days" in each
        else each
        for each in value
    ]


_LIND = "customer Lind & Partner asked for it by phone"

_SHOP = [{"entry": places.SHOP_SERVER, "comment": "Teekontor's web shop sends from here"}]

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
        22.6,
        scope_of(mailbox=cast.SHOP),
        {"send.limit": 400},
        ADMIN,
        "the web shop's orders before Christmas",
    ),
    Change(
        20.1,
        scope_of(),
        {"exempt.addresses": _SHOP},
        ADMIN,
        "seen in the log as network_cloud, before rented servers are refused",
    ),
    Change(
        19.2,
        scope_of(domain="ahoy.example"),
        {"country.mode": "refuse", "country.list": ["NG"]},
        "ahoy (customer)",
        "",
    ),
    Change(
        18.4,
        scope_of(),
        {
            "exempt.accounts": [
                {
                    "entry": "praxis@moeller.example",
                    "comment": "the scanner in the practice, until it is replaced",
                    "days": 60,
                }
            ]
        },
        ADMIN,
        "ticket 4711",
    ),
    Change(
        16.3,
        scope_of(domain="moeller.example"),
        {"network.anonymiser": "refuse"},
        f"{cast.RESELLER} (reseller)",
        "",
    ),
    Change(
        13.5,
        scope_of(domain="lindlaw.example"),
        {
            "exempt.addresses": [
                {"entry": "81.223.40.0/24", "comment": "branch office, Vienna", "days": 90},
                {"entry": "2a02:8388:77::/48", "comment": "Sofia's home office"},
            ]
        },
        "lindlaw (customer)",
        "",
    ),
    Change(
        11.6,
        scope_of(),
        {"country.mode": "refuse", "country.list": ["CN", "IR", "KP"]},
        ADMIN,
        "the preview showed nobody of ours there in 30 days",
    ),
    Change(
        10.2,
        scope_of(mailbox="h.weiss@lindtax.example"),
        {"country.passes": [{"country": "ES", "comment": "a week on Mallorca", "days": 7}]},
        "lindlaw (customer)",
        "",
    ),
    Change(
        8.4, scope_of(domain="brotzeit.example"), {"domain.enabled": False}, "huber (customer)", ""
    ),
    Change(
        6.5,
        scope_of(),
        {"lists.blocklist_de": "watch"},
        ADMIN,
        "for a week, before it may refuse",
    ),
    Change(
        5.6,
        scope_of(),
        {"exempt.send": [{"entry": cast.NEWSLETTER, "comment": "newsletter, 900 readers"}]},
        ADMIN,
        "it was blocked today; it is meant to send that much",
    ),
    Change(
        4.1,
        scope_of(),
        {
            "exempt.addresses": [
                *_SHOP,
                {"entry": "198.51.100.192/28", "comment": "uptime checks"},
                {"entry": "192.0.2.77", "comment": "audit of the auditors Ernst", "days": 9},
                {"entry": "AS64500", "comment": "the hoster's own network"},
            ]
        },
        ADMIN,
        "asked for by phone",
    ),
    Change(
        2.2,
        scope_of(mailbox="reception@lindlaw.example"),
        {"country.passes": [{"country": "IT", "comment": "trade fair, Bolzano", "days": 4}]},
        "lindlaw (customer)",
        "",
    ),
    Change(
        0.4,
        scope_of(mailbox="sofia@lindlaw.example"),
        {"country.passes": [{"country": "CN", "comment": "a client in Shanghai", "days": 12}]},
        "lindlaw (customer)",
        "",
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
