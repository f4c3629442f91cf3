"""Spares one account that a preview shows: exempts it or its addresses, or opens a country a while.

Before the password the account is not known, so what helps there are its addresses, or the country.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext, ngettext
from werkzeug.exceptions import BadRequest

from core.desk import exemptions
from core.desk.desk import Desk
from core.desk.entry import PASSES, Entry, Place
from core.errors import SettingError
from core.licence.feature import Feature
from core.net.countries import CODES
from core.settings.scope import SERVER_SCOPE, Scope, scope_of
from core.store.event_filter import EventFilter
from core.store.kinds import is_login
from core.web import wording
from core.web.features import why_locked, why_off
from core.web.parts import parts
from core.words import Stage, Verdict

PASS_DAYS: Final = 14

MOST_ADDRESSES: Final = 10
LOOKED_AT: Final = 500
"""Events among which addresses are looked for."""

DAYS: Final = 30
DAY: Final = 86_400

Spared = tuple[str, str]
"""What to tell, and how the form remembers whose addresses are exempt ("" for nothing)."""


def spare(desk: Desk, wish: str) -> Spared:
    """Do what a button of the preview says.

    Args:
        desk: whose.
        wish: kind, country and account, with a blank between.

    Raises:
        BadRequest: no button of ours says that.
        SettingError: it cannot be done; the text says why.
        StoreError: nothing was changed.
    """
    kind, _, rest = wish.partition(" ")
    code, _, account = rest.partition(" ")
    does = _KINDS.get(kind)
    if does is None or code not in CODES or not account:
        raise BadRequest
    return does(desk, code, account)


def _addresses(desk: Desk, code: str, account: str) -> Spared:
    found = addresses_of(desk, code, account)
    if not found:
        raise SettingError(gettext("No event tells from which addresses it came."))
    comment = f"{account}, {wording.country(code)}"[:500]
    exemptions.add(desk, Place("exempt.addresses"), [Entry(a, comment) for a in found])
    told = ngettext(
        "Exempt from now on, for everybody who uses it: %(addresses)s",
        "Exempt from now on, for everybody who uses them: %(addresses)s",
        len(found),
        addresses=", ".join(found),
    )
    return told, f"{code} {account}"


def addresses_of(desk: Desk, code: str, account: str) -> list[str]:
    """The addresses in that country from which the account logged in lately, the newest first.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = EventFilter(
        account=account,
        countries=frozenset({code}),
        stages=frozenset({Stage.AUTH}),
        verdicts=frozenset({Verdict.ALLOW}),
        since=parts().clock() - DAYS * DAY,
    )
    found = desk.store.events.find(wanted, LOOKED_AT)
    # The filter takes ``*`` for any text, and a mailbox may be called so.
    came = (each for each in found if each.account == account and is_login(each))
    return list(dict.fromkeys(each.address for each in came if each.address))[:MOST_ADDRESSES]


def _account(desk: Desk, code: str, account: str) -> Spared:
    exemptions.add(desk, Place("exempt.accounts"), [Entry(account, wording.country(code))])
    return gettext("%(account)s is exempt from now on.", account=account), ""


def _traveller(desk: Desk, code: str, account: str) -> Spared:
    return _pass(desk, scope_of(mailbox=account), code, account)


def _country(desk: Desk, code: str, account: str) -> Spared:
    return _pass(desk, SERVER_SCOPE, code, account)


def _pass(desk: Desk, scope: Scope, code: str, account: str) -> Spared:
    if off := why_off(Feature.TRAVELLER_PASS) or why_locked(scope):
        raise SettingError(off)
    until = parts().clock() + PASS_DAYS * DAY
    entry = Entry(code, account[:500], until)
    exemptions.add(desk, Place(PASSES, scope), [entry])
    country, end = wording.country(code), wording.date(until)
    if scope == SERVER_SCOPE:
        told = gettext("%(country)s is open until %(end)s.", country=country, end=end)
    else:
        told = gettext(
            "%(account)s may log in from %(country)s until %(end)s.",
            account=account,
            country=country,
            end=end,
        )
    return told, ""


_KINDS: Final[Mapping[str, Callable[[Desk, str, str], Spared]]] = {
    "addresses": _addresses,
    "account": _account,
    "pass": _traveller,
    "country": _country,
}
