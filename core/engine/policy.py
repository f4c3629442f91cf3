"""Settings made ready for the hot path: sets and prefix sets instead of lists of text.

A snapshot is built when settings change and swapped whole; nothing in it is ever modified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.engine.country_rule import CountryRule
from core.licence.feature import Feature
from core.net.prefixes import BITS, Prefix, PrefixSet
from core.settings.access import Network
from core.settings.account import domain_of, normalise
from core.settings.lists import NAMES, mode
from core.settings.model import ExemptAccount, ExemptAddress, Send, Settings, Switch
from core.settings.scope import Resolved
from core.settings.share import source_of
from core.settings.upkeep import Text
from core.sources.facts import AddressFacts
from core.words import NetworkKind


class AddressRules:
    """Exempt addresses, networks and autonomous systems.

    Args:
        entries: the scope's own.
        wider: the rules of the scope around it, which count as well. They are shared and not built
            anew, because a server's long list would be built for every domain.
    """

    __slots__ = ("_expiring", "_lasting", "_systems", "_wider", "empty")

    def __init__(self, entries: Iterable[ExemptAddress], wider: AddressRules | None = None) -> None:
        systems: list[ExemptAddress] = []
        prefixes: list[ExemptAddress] = []
        for entry in entries:
            (systems if entry.entry[:2].upper() == "AS" else prefixes).append(entry)
        self._systems = {int(entry.entry[2:]): entry for entry in systems}
        self._lasting = PrefixSet.build((e.entry, e) for e in prefixes if not e.expires)
        self._expiring = _nested([e for e in prefixes if e.expires])
        self._wider = wider
        self.empty: bool = not systems and not prefixes and (wider is None or wider.empty)

    def find(self, facts: AddressFacts, wall: float) -> ExemptAddress | None:
        """The entry that exempts the address at that time (seconds since 1970), if any does."""
        lasting = self._lasting.find(facts.version, facts.value)
        if lasting is not None:
            return lasting[1]
        expiring = self._expiring.find(facts.version, facts.value)
        for entry in expiring[1] if expiring is not None else ():
            if entry.expires > wall:
                return entry
        system = self._systems.get(facts.asn)
        if system is not None and (not system.expires or system.expires > wall):
            return system
        return self._wider.find(facts, wall) if self._wider is not None else None


def _nested(entries: list[ExemptAddress]) -> PrefixSet[tuple[ExemptAddress, ...]]:
    """Each prefix with all entries around it: a wider one counts when the narrowest expired."""
    known: dict[Prefix, list[tuple[int, ExemptAddress]]] = {}
    for place, entry in enumerate(entries):
        known.setdefault(Prefix.parse(entry.entry), []).append((place, entry))
    # Looked up by length, because comparing each with each would take minutes for a long list.
    lengths = {(prefix.version, prefix.length) for prefix in known}
    return PrefixSet.build(
        (str(prefix), tuple(entry for _, entry in sorted(_around(prefix, known, lengths))))
        for prefix in known
    )


def _around(
    prefix: Prefix,
    known: dict[Prefix, list[tuple[int, ExemptAddress]]],
    lengths: Iterable[tuple[int, int]],
) -> Iterator[tuple[int, ExemptAddress]]:
    """The entries of all prefixes that cover one, with their places in the list."""
    for version, length in lengths:
        if version == prefix.version and length <= prefix.length:
            bits = BITS[version] - length
            yield from known.get(Prefix(version, prefix.value >> bits << bits, length), ())


class AccountRules:
    """Exempt accounts and domains."""

    __slots__ = ("_entries", "empty")

    def __init__(self, entries: Iterable[ExemptAccount]) -> None:
        self._entries = {normalise(entry.entry): entry for entry in entries}
        self.empty = not self._entries

    def find(self, account: str, wall: float) -> ExemptAccount | None:
        """The entry that exempts the account at that time (seconds since 1970), if any does."""
        for name in (account, domain_of(account)):
            entry = self._entries.get(name)
            if entry is not None and (not entry.expires or entry.expires > wall):
                return entry
        return None


class Policy(Struct, frozen=True):
    """What counts for one account, or for the server as a whole.

    Attributes:
        country: the country rule.
        switches: what happens to each kind of network.
        exempt: addresses that pass.
        send: the send window's numbers.
        text: refusal texts.
    """

    country: CountryRule
    switches: dict[NetworkKind, Switch]
    exempt: AddressRules
    send: Send
    text: Text

    @classmethod
    def of(cls, settings: Settings, server_country: str) -> Policy:
        """Make settings ready.

        Args:
            settings: one scope's settings, resolved.
            server_country: detected country of the server, "" when it could not be detected;
                counts while ``country.server`` is ``auto``.
        """
        return cls(
            country=CountryRule.of(settings.country, server_country),
            switches=_switches(settings.network),
            exempt=AddressRules(settings.exempt.addresses),
            send=settings.send,
            text=settings.text,
        )

    def within(self, wider: Settings, settings: Settings, server_country: str) -> Policy:
        """The policy of a scope inside this one, sharing what both have.

        Args:
            wider: the settings that this policy was made of.
            settings, server_country: as in `of`; what the scope does not set itself is not only
                equal to the wider settings but the same object (`core.settings.scope.override`).
        """
        exempt, country, switches = self.exempt, self.country, self.switches
        if settings.exempt is not wider.exempt:
            # Addresses add up, the wider scope's first.
            own = settings.exempt.addresses[len(wider.exempt.addresses) :]
            exempt = AddressRules(own, self.exempt)
        if settings.country is not wider.country:
            country = CountryRule.of(settings.country, server_country)
        if settings.network is not wider.network:
            switches = _switches(settings.network)
        return Policy(country, switches, exempt, settings.send, settings.text)

    def loosened(self, wider: Policy) -> Policy:
        """A policy that refuses nobody whom the wider one would not refuse, nor this one.

        What a scope lets in stays let in when the licence for its own rules ends, and what it
        refuses is refused no more (`core.licence.feature`).
        """
        if self is wider:
            return self
        switches = {
            kind: min(own, wider.switches[kind], key=_STRENGTH.__getitem__)
            for kind, own in self.switches.items()
        }
        send = _looser(self.send, wider.send)
        return Policy(self.country.or_else(wider.country), switches, self.exempt, send, self.text)


_STRENGTH: Final[Mapping[Switch, int]] = {"off": 0, "watch": 1, "refuse": 2}


def _looser(own: Send, wider: Send) -> Send:
    """Numbers under which a mail is refused only if it were by either."""
    if own is wider:
        return own
    return replace(
        own,
        limit=max(own.limit, wider.limit),
        seconds=min(own.seconds, wider.seconds),
        block_seconds=min(own.block_seconds, wider.block_seconds),
        unit=own.unit if own.unit == wider.unit else "messages",
        watch=own.watch or wider.watch,
    )


def _switches(network: Network) -> dict[NetworkKind, Switch]:
    return {
        NetworkKind.CLOUD: network.cloud,
        NetworkKind.ANONYMISER: network.anonymiser,
        NetworkKind.RELAY: network.relay,
        NetworkKind.ATTACKER: network.attacker,
    }


def list_modes(settings: Settings) -> dict[str, Switch]:
    """What becomes of a hit of each list of attackers that has a mode of its own, by its name.

    ``network.attacker`` is over all of them: where it only watches, no list refuses.
    """
    modes = {name: mode(settings.lists, name) for name in NAMES}
    share = settings.share
    for peer in share.peers:
        modes[source_of(peer)] = share.arm if share.takes else "off"
    return modes


NOTHING_OFF: Final[Mapping[Feature, str]] = {}


class Snapshot:
    """All settings of the server, ready; swapped whole when one of them changes.

    Args:
        resolved: the settings.
        server_country: as for `Policy.of`.
        off: features that the licence or the server does not have, and why, in English. Without
            `Feature.CONNECT` nobody is refused before the password; without
            `Feature.DOMAIN_RULES` the rules of domains and mailboxes only let in.
    """

    __slots__ = (
        "_domains",
        "_mailboxes",
        "connect_enabled",
        "exempt_accounts",
        "exempt_senders",
        "lists",
        "off",
        "permanent_block",
        "resolved",
        "server",
    )

    def __init__(
        self,
        resolved: Resolved,
        server_country: str = "",
        off: Mapping[Feature, str] = NOTHING_OFF,
    ) -> None:
        settings = resolved.server
        self.resolved = resolved
        self.off = off
        self.server = Policy.of(settings, server_country)
        self._domains = {
            name: self.server.within(settings, own, server_country)
            for name, own in resolved.domains.items()
        }
        self._mailboxes = {
            name: self._domains.get(domain_of(name), self.server).within(
                resolved.of_domain(domain_of(name)), own, server_country
            )
            for name, own in resolved.mailboxes.items()
        }
        if Feature.DOMAIN_RULES in off:
            self._domains, self._mailboxes = (
                {name: own.loosened(self.server) for name, own in policies.items()}
                for policies in (self._domains, self._mailboxes)
            )
        self.connect_enabled = settings.connect.enabled and Feature.CONNECT not in off
        self.permanent_block = settings.send.answer == "permanent"
        self.exempt_accounts = AccountRules(settings.exempt.accounts)
        self.exempt_senders = AccountRules(settings.exempt.send)
        self.lists = list_modes(settings)

    def account(self, login: str) -> str:
        """The account that a login name means."""
        return self.resolved.account(login)

    def policy(self, account: str) -> Policy:
        """What counts for an account: mailbox over domain over server."""
        if not self._domains and not self._mailboxes:
            return self.server
        found = self._mailboxes.get(account)
        if found is None:
            found = self._domains.get(domain_of(account))
        return found if found is not None else self.server
