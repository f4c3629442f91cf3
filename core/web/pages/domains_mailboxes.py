"""The mailboxes of a domain: those that the panel lists, and those that the store has seen."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.panel import MailDomain
from core.settings.account import domain_of, is_account_or_domain, normalise
from core.settings.scope import Resolved, Scope
from core.store.account_list import AccountFilter
from core.store.store import Store
from core.web.paging import Sheet, sheet

MOST: Final = 20_000
"""Mailboxes of one domain that are asked of the store."""


class Mailbox(Struct, frozen=True):
    """One mailbox.

    Attributes:
        name: its address.
        rules: how many settings of its own it has.
        proven: the day on which it logged in or sent last, seconds since 1970; None when nobody
            knows of any.
        listed: whether the panel knows it, where the panel lists mailboxes at all.
    """

    name: str
    rules: int
    proven: float | None
    listed: bool


def mailboxes(
    store: Store, domain: MailDomain, resolved: Resolved, q: str, own: bool, page: str
) -> Sheet[Mailbox]:
    """One page of a domain's mailboxes, by name.

    Args:
        store: what has been seen.
        domain: what the panel says of it.
        resolved: all settings.
        q: part of the name; "" for all.
        own: only those with settings of their own.
        page: which page, as the address has it.

    Raises:
        StoreError: the store cannot be read.
    """
    name = domain.name.lower()
    listed = {normalise(box) for box in domain.mailboxes}
    wanted = AccountFilter(domains=frozenset({name}))
    seen = {each.name: each.proven for each in store.accounts.find(wanted, MOST)}
    with_rules = {
        scope.name
        for scope, values in resolved.overrides.items()
        if scope.level == "mailbox" and values and domain_of(scope.name) == name
    }
    names = with_rules if own else listed | seen.keys() | with_rules
    needle = q.strip().lower()
    fitting = sorted(
        each
        for each in names
        if needle in each and domain_of(each) == name and is_account_or_domain(each)
    )
    found = sheet(fitting, page)
    lines = tuple(
        Mailbox(
            each,
            len(resolved.overrides.get(Scope("mailbox", each), {})),
            seen.get(each),
            each in listed or not listed,
        )
        for each in found.items
    )
    return Sheet(lines, found.number, found.last, found.first, found.total)
