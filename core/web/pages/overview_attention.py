"""What needs attention: passes that end or cannot help, mailboxes that are refused often.

Says it in plain words, with the way to what helps. Blocked mailboxes have a place of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from flask import url_for
from flask_babel import gettext, ngettext
from msgspec import Struct

from core.panel import MailDomain
from core.settings.account import domain_of, normalise
from core.settings.scope import SERVER_SCOPE
from core.store.account_list import AccountFilter
from core.store.event_filter import EventFilter, StoredEvent
from core.store.rankings import RankingFilter
from core.store.store import Store
from core.web.pages.marks import Marks
from core.web.pages.travellers_list import TravelPass
from core.web.wording import ago, country, number
from core.words import Stage, Verdict

DAY: Final = 86_400.0

OFTEN: Final = 10
"""Refusals of one mailbox within a day from which on its owner is asked."""

MOST: Final = 3
"""Concerns of one kind; the pages that they lead to have all."""

MOST_LOOKED_AT: Final = 50
"""Refusals of one mailbox that are looked at."""

REFUSALS: Final = frozenset({Verdict.DENY, Verdict.DEFER})


class Link(Struct, frozen=True):
    """Where something can be done."""

    title: str
    address: str


class Concern(Struct, frozen=True):
    """One thing to look at.

    Attributes:
        tone: good, warn or bad.
        icon: its name in the icon set.
        title: what it is.
        text: what it means.
        links: what to do.
    """

    tone: str
    icon: str
    title: str
    text: str
    links: tuple[Link, ...]


def of_suspects(seen: Marks) -> list[Concern]:
    """Mailboxes that look stolen. A journey is none: the page of stolen mailboxes has those."""
    strong = sorted(name for name, is_strong in seen.suspects.items() if is_strong)
    found = [
        Concern(
            "bad",
            "person-exclamation",
            gettext("%(who)s looks stolen", who=name),
            gettext(
                "It logs in or sends as it never did before. Look at what was seen, and say "
                "whether it was you; otherwise lock it and change its password."
            ),
            (Link(gettext("Look and act"), url_for("stolen.show", account=name)),),
        )
        for name in strong[:MOST]
    ]
    if len(strong) > MOST:
        found.append(_more_suspects(len(strong) - MOST))
    return found


def _more_suspects(count: int) -> Concern:
    return Concern(
        "bad",
        "person-exclamation",
        ngettext(
            "%(count)s more mailbox looks stolen",
            "%(count)s more mailboxes look stolen",
            count,
            count=number(count),
        ),
        gettext("The page of stolen mailboxes has them all."),
        (Link(gettext("Look and act"), url_for("stolen.show")),),
    )


def of_passes(passes: Sequence[TravelPass], now: float) -> list[Concern]:
    """Passes that cannot help, and those that end soon."""
    own = [p for p in passes if p.place.scope != SERVER_SCOPE and not p.is_over and p.counts]
    overridden = [each for each in own if each.is_overridden]
    ending = [each for each in own if not each.is_overridden and each.ends_soon(now)]
    found = [_overridden(each) for each in overridden[:MOST]]
    if len(overridden) > MOST:
        found.append(_more(len(overridden) - MOST))
    return found + [_ending(each, now) for each in ending[:MOST]]


def _overridden(each: TravelPass) -> Concern:
    return Concern(
        "bad",
        "airplane",
        gettext(
            "The pass of %(who)s for %(where)s cannot help yet",
            who=each.place.scope.name,
            where=_where(each),
        ),
        gettext(
            "The server refuses it before the password, when nobody knows yet which mailbox is "
            "meant. The administrator can open it, and sees the pass on their dashboard."
        ),
        (Link(gettext("Passes"), url_for("travellers.show", q=each.place.scope.name)),),
    )


def _more(count: int) -> Concern:
    return Concern(
        "bad",
        "airplane",
        ngettext(
            "%(count)s more pass cannot help yet",
            "%(count)s more passes cannot help yet",
            count,
            count=number(count),
        ),
        gettext("The server refuses them before the password, too."),
        (Link(gettext("Passes"), url_for("travellers.show")),),
    )


def _ending(each: TravelPass, now: float) -> Concern:
    return Concern(
        "warn",
        "airplane",
        gettext(
            "The pass of %(who)s for %(where)s ends %(when)s",
            who=each.place.scope.name,
            where=_where(each),
            when=ago(each.entry.expires, now),
        ),
        gettext("Then logins from there are refused again."),
        (Link(gettext("Extend it"), url_for("travellers.show", q=each.place.scope.name)),),
    )


def _where(each: TravelPass) -> str:
    return country(each.entry.entry) if each.is_country else each.entry.entry


def of_refusals(
    store: Store, domains: Sequence[MailDomain], names: frozenset[str], now: float
) -> list[Concern]:
    """Mailboxes that were refused often within a day: their owner, or somebody with the password.

    Args:
        store: with the events.
        domains: of the visitor, with the mailboxes that the panel lists.
        names: of the domains.
        now: seconds since 1970.

    Raises:
        StoreError: the store cannot be read.
    """
    listed = {normalise(box) for each in domains for box in each.mailboxes}
    wanted = RankingFilter(
        since=now - DAY,
        until=now,
        domains=names,
        stages=frozenset({Stage.AUTH}),
        verdicts=REFUSALS,
    )
    found: list[Concern] = []
    for rank in store.rankings.top("account", wanted, 4 * MOST):
        if rank.count < OFTEN or len(found) == MOST:
            break
        if rank.key in listed or _has_logged_in(store, rank.key):
            event = _typical(store, rank.key, now)
            if event is not None:
                found.append(_refused(event, rank.count))
    return found


def _has_logged_in(store: Store, account: str) -> bool:
    """Whether it is a mailbox at all, and not a name that an attacker made up."""
    wanted = AccountFilter(domains=frozenset({domain_of(account)}), prefix=account)
    known = store.accounts.find(wanted, 1)
    return bool(known) and known[0].name == account


def _typical(store: Store, account: str, now: float) -> StoredEvent | None:
    """The newest refusal from where most of the last ones came; None when none is known."""
    wanted = EventFilter(
        account=account,
        domains=frozenset({domain_of(account)}),
        stages=frozenset({Stage.AUTH}),
        verdicts=REFUSALS,
        since=now - DAY,
    )
    found = [e for e in store.events.find(wanted, MOST_LOOKED_AT) if e.account == account]
    tallies: Counter[str] = Counter()
    for event in found:
        tallies[event.country] += event.count
    if not tallies:
        return None
    ((place, _),) = tallies.most_common(1)
    return next(event for event in found if event.country == place)


def _refused(event: StoredEvent, count: int) -> Concern:
    who = event.account
    return Concern(
        "warn",
        "person-exclamation",
        ngettext(
            "%(who)s was refused %(count)s time today: is this you?",
            "%(who)s was refused %(count)s times today: is this you?",
            count,
            who=who,
            count=number(count),
        ),
        gettext(
            "Mostly from %(country)s, last %(address)s. If you travel, give yourself a pass. If "
            "not, somebody may have the password: change it.",
            country=country(event.country),
            address=event.address or gettext("this server"),
        ),
        (
            Link(
                gettext("It is me: give a pass"),
                url_for("travellers.show", account=who, country=event.country or None),
            ),
            Link(
                gettext("Look at them"),
                url_for("log.show", account=who, result="stopped", stage="auth"),
            ),
        ),
    )
