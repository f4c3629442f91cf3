"""Exempts what an event speaks of: its address or its account, from the event itself.

Names come from the event and never from the form, so that nobody can exempt what is not theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from ipaddress import ip_network
from typing import Final

from flask_babel import LazyString, gettext, lazy_gettext
from msgspec import Struct

from core.desk.entry import Entry, Place
from core.errors import SettingError
from core.settings.account import is_account_or_domain
from core.settings.scope import SERVER_SCOPE, Scope, scope_of
from core.store.event import Event
from core.web.sight import Sight
from core.web.wording import zone
from core.words import Stage

ENDS: Final[Mapping[str, LazyString]] = {
    "never": lazy_gettext("Until it is removed"),
    "1": lazy_gettext("For a day"),
    "7": lazy_gettext("For a week"),
    "30": lazy_gettext("For 30 days"),
    "date": lazy_gettext("Until the end of the day"),
}
"""Titles of the ends: a number is days from now."""

_ADDRESSES: Final = "exempt.addresses"


class Choice(Struct, frozen=True):
    """One thing that can be exempted.

    Attributes:
        key: as the form has it.
        title: for people.
        place: the list.
        entry: what goes into it.
    """

    key: str
    title: str
    place: Place
    entry: str


def choices(event: Event, sight: Sight) -> list[Choice]:
    """What this visitor may exempt because of an event, what helps most of all first."""
    found = _of_address(event, sight) if event.address else []
    if not (sight.is_admin and event.account and is_account_or_domain(event.account)):
        return found
    sends = event.stage is Stage.SEND  # addresses have no say there
    return _of_account(event) + found if sends else found + _of_account(event)


def _of_address(event: Event, sight: Sight) -> list[Choice]:
    found = []
    own = _own_scopes(event, sight)
    if sight.is_admin:
        # Before the password only the server's list counts, so there it comes first.
        server = ("server", SERVER_SCOPE, gettext("for the whole server"))
        own = [server, *own]
    for what in (event.address, _network_around(event.address)):
        kind = "address" if what == event.address else "network"
        for level, scope, whom in own:
            if what:
                title = gettext("%(what)s, %(whom)s", what=what, whom=whom)
                found.append(Choice(f"{kind}-{level}", title, Place(_ADDRESSES, scope), what))
    return found


def _own_scopes(event: Event, sight: Sight) -> list[tuple[str, Scope, str]]:
    """The mailbox and its domain; a login name that is none has no settings of its own."""
    if not event.domain or not sight.sees_domain(event.domain):
        return []
    try:
        mailbox, domain = scope_of(mailbox=event.account), scope_of(domain=event.domain)
    except SettingError:
        return []
    return [
        ("mailbox", mailbox, gettext("for %(name)s", name=mailbox.name)),
        ("domain", domain, gettext("for all mailboxes of %(name)s", name=domain.name)),
    ]


def _of_account(event: Event) -> list[Choice]:
    sending = Choice(
        "send",
        gettext("%(name)s, from the limit on sending", name=event.account),
        Place("exempt.send"),
        event.account,
    )
    login = Choice(
        "account",
        gettext("%(name)s, from the checks of its logins", name=event.account),
        Place("exempt.accounts"),
        event.account,
    )
    return [sending, login] if event.stage is Stage.SEND else [login, sending]


def _network_around(address: str) -> str:
    """The usual network of one office or one access: a /24, or a /64 of IPv6."""
    try:
        network = ip_network(f"{address}/{64 if ':' in address else 24}", strict=False)
    except ValueError:
        return ""
    return str(network)


def entry_of(choice: Choice, form: Mapping[str, str], now: float) -> Entry:
    """The entry that a form asks for.

    Args:
        choice: what was chosen.
        form: `until`, `date` and `comment`.
        now: seconds since 1970.

    Raises:
        SettingError: the end is none, or lies behind.
    """
    return Entry(choice.entry, form.get("comment", "").strip(), _end(form, now))


def _end(form: Mapping[str, str], now: float) -> float:
    chosen = form.get("until", "never")
    if chosen not in ENDS:
        raise SettingError(gettext("There is no such choice."))
    if chosen == "never":
        return 0
    if chosen != "date":
        return now + int(chosen) * 86_400
    try:
        day = date.fromisoformat(form.get("date", ""))
        end = datetime.combine(day + timedelta(days=1), time(), zone()).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise SettingError(gettext("Name the day on which it ends.")) from error
    if end <= now:
        raise SettingError(gettext("That day is over."))
    return end
