"""Mailboxes that lists mark: they look stolen, or may not send now. Each mark leads to its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from flask import url_for
from flask_babel import gettext, ngettext
from msgspec import Struct

from core.desk.blocks import Standing
from core.engine.stolen.signal import WEAK
from core.labels import label
from core.settings.account import domain_of
from core.store.signals import SignalFilter
from core.store.store import Store
from core.web.visitor import visitor
from core.words import Reason

MOST: Final = 5000
"""Open signals that are looked at; more at once is a fault of the settings."""


class Mark(Struct, frozen=True):
    """One mark.

    Attributes:
        said: a few words, in the visitor's language.
        tone: of its badge.
        address: where it is dealt with.
    """

    said: str
    tone: str
    address: str


class Marks(Struct, frozen=True):
    """Who is marked.

    Attributes:
        suspects: mailboxes with open signals; whether one of these is strong.
        blocked: the reason of each block.
    """

    suspects: Mapping[str, bool]
    blocked: Mapping[str, str]

    def of(self, account: str) -> list[Mark]:
        """The marks of a mailbox, the graver first."""
        found = []
        if account in self.blocked:
            why = _reason(self.blocked[account])
            said = gettext("may not send: %(why)s", why=why)
            found.append(Mark(said, "bad", url_for(_blocks(), q=account)))
        if account in self.suspects:
            is_strong = self.suspects[account]
            said = gettext("looks stolen") if is_strong else gettext("perhaps a journey")
            tone = "bad" if is_strong else "plain"
            found.append(Mark(said, tone, url_for("stolen.show", account=account)))
        return found

    def in_domain(self, domain: str) -> list[Mark]:
        """The marks of a domain: how many of its mailboxes have one."""
        strong = Counter(domain_of(name) for name, is_strong in self.suspects.items() if is_strong)
        held = Counter(map(domain_of, self.blocked))
        found = []
        if strong[domain]:
            said = ngettext("%(num)s looks stolen", "%(num)s look stolen", strong[domain])
            found.append(Mark(said, "bad", url_for("stolen.show", q=f"*@{domain}")))
        if held[domain]:
            said = ngettext("%(num)s may not send", "%(num)s may not send", held[domain])
            found.append(Mark(said, "bad", url_for(_blocks(), q=f"@{domain}")))
        return found


def marks(store: Store, domains: Iterable[str] | None, standing: Standing) -> Marks:
    """The marks of all mailboxes of some domains.

    Args:
        store: with the signals.
        domains: whose; None for all.
        standing: who is blocked of these.

    Raises:
        StoreError: the store cannot be read.
    """
    names = None if domains is None else frozenset(domains)
    suspects: dict[str, bool] = {}
    for each in store.signals.find(SignalFilter(domains=names, open=True), MOST):
        suspects[each.account] = suspects.get(each.account, False) or each.kind not in WEAK
    blocked = {
        block.account: block.reason
        for block in standing.blocked
        if names is None or domain_of(block.account) in names
    }
    return Marks(suspects, blocked)


def _blocks() -> str:
    """The page where the visitor finds blocks."""
    return "limits.show" if visitor().sight.is_admin else "blocked.show"


def _reason(code: str) -> str:
    try:
        return str(gettext(label(Reason(code))))
    except ValueError:  # another version knew more
        return code
