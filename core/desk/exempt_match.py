"""Would this be exempt? Which entry of which scope decides about an address, a login, a sender."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from core.desk.decision import facts_of
from core.desk.entry import LISTS, PASSES, Entry, Place
from core.desk.exemptions import Exemption
from core.engine.policy import AccountRules, AddressRules
from core.errors import SettingError
from core.net.addresses import Address, parse
from core.net.prefixes import Prefix
from core.settings.account import domain_of
from core.settings.entry import CountryPass, ExemptAccount, ExemptAddress
from core.settings.fields import ASN
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.sources.facts import AddressFacts

if TYPE_CHECKING:
    from core.desk.desk import Desk


class Match(Struct, frozen=True):
    """Who is exempt, and by which entry. None means that nothing exempts it.

    Attributes:
        facts: what is known of the address.
        before: decides before the password, where only the server's addresses count.
        after: decides after the password, where the account and its scopes count, too.
        sending: lets the account send without limit.
        passes: traveller passes that hold for the address's country, before and after the password
            as their scope says.
    """

    facts: AddressFacts | None
    before: Exemption | None
    after: Exemption | None
    sending: Exemption | None
    passes: tuple[Exemption, ...] = ()


def match(desk: Desk, address: str = "", account: str = "") -> Match:
    """Which entry would decide.

    Args:
        desk: whose.
        address: a client's address, "" to ask about an account only.
        account: a login name, "" for a client that has not logged in.

    Raises:
        SettingError: neither is given, or the address is none.
        StoreError: the store cannot be read.
    """
    if not address and not account:
        raise SettingError("name an address, an account, or both")
    parsed = parse(address) if address else None
    if address and parsed is None:
        raise SettingError(f"{address!r} is no IP address")
    rules = desk.rules().resolved
    name = rules.account(account)
    scopes = [SERVER_SCOPE]
    if name:
        domain = Scope("domain", domain_of(name))
        scopes += [each for each in (domain, Scope("mailbox", name)) if rules.counts(each)]
    listed = [each for scope in scopes for each in _counting(rules, scope)]
    facts = facts_of(desk, address) if parsed is not None else None
    before = after = None
    if parsed is not None and facts is not None:
        near = [each for each in listed if _may_cover(each, parsed)]
        before = _by_address([each for each in near if each.place.scope == SERVER_SCOPE], facts)
        after = _by_address(near, facts)
    if after is None and name:
        after = _by_account(listed, "exempt.accounts", name)
    sending = _by_account(listed, "exempt.send", name) if name else None
    return Match(facts, before, after, sending, _passes(listed, facts))


def _counting(rules: Resolved, scope: Scope) -> Iterator[Exemption]:
    """What counts of a scope's own lists: a list that no longer passes does not."""
    own = rules.overrides.get(scope, {})
    for name in LISTS:
        for each in own.get(name, ()):
            what = each.country if isinstance(each, CountryPass) else each.entry
            yield Exemption(Place(name, scope), Entry(what, each.comment, each.expires))


def _may_cover(each: Exemption, address: Address) -> bool:
    """Whether it could decide about the address: the engine then looks at the few that remain."""
    if each.place.name != "exempt.addresses":
        return False
    if ASN.match(each.entry.entry):
        return True
    prefix = Prefix.parse(each.entry.entry)
    return prefix.version == address.version and prefix.value <= address.value <= prefix.last


def _by_address(candidates: list[Exemption], facts: AddressFacts) -> Exemption | None:
    entries = [(_address(each.entry), each) for each in candidates]
    found = AddressRules(entry for entry, _ in entries).find(facts, time.time())
    return next((each for entry, each in entries if entry is found), None)


def _address(entry: Entry) -> ExemptAddress:
    return ExemptAddress(entry.entry, entry.comment, entry.expires)


def _by_account(listed: Iterable[Exemption], name: str, account: str) -> Exemption | None:
    entries = [
        (ExemptAccount(each.entry.entry, each.entry.comment, each.entry.expires), each)
        for each in listed
        if each.place == Place(name)
    ]
    found = AccountRules(entry for entry, _ in entries).find(account, time.time())
    return next((each for entry, each in entries if entry is found), None)


def _passes(listed: Iterable[Exemption], facts: AddressFacts | None) -> tuple[Exemption, ...]:
    if facts is None:
        return ()
    countries = {facts.country, facts.second} - {""}
    return tuple(
        each
        for each in listed
        if each.place.name == PASSES and each.entry.entry in countries and not each.entry.is_over()
    )
