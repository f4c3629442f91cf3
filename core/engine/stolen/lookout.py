"""The lookout: takes what is observed of accounts, and gives the signals that follow from it.

Keeps the places of every account in memory, and what it sent within the last hour. What it must
know of an account's past it asks for (`wanted`) and judges once it is told. A signal is given once
a day for each kind, unless a country is new in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.engine.stolen import excess, journeys
from core.engine.stolen.outflow import Outflow, Usual
from core.engine.stolen.signal import Signal
from core.engine.stolen.systems import Systems
from core.engine.stolen.trail import SUSPECT, Sighting, followed, is_recent, pack, sighting, unpack
from core.net.countries import name
from core.settings.stolen import Stolen
from core.sources.facts import AddressFacts
from core.words import Reason, SignalKind

ACCOUNTS: Final = 100_000
"""Accounts whose places are remembered; those that were quiet longest are forgotten first."""

ASKING: Final = 10_000
"""Accounts that wait to be asked about; of others it is asked when they log in again."""

HOMES: Final = 10_000
"""Different sets of countries that are kept once."""

SAME: Final = 60.0
"""Seconds in which a login from the same address is no news."""

DAY: Final = 86_400.0


class Trace(Struct, gc=False):
    """What is remembered of one account; there are many, so it is small.

    Attributes:
        trail: its places, packed.
        known: countries it was known from; None while nobody has told.
        fresh: how many of its latest places wait for being judged.
    """

    trail: bytes = b""
    known: tuple[str, ...] | None = None
    fresh: int = 0


class Memory(Struct, frozen=True):
    """A trace as it is kept over a restart."""

    account: str
    trail: bytes
    known: tuple[str, ...] | None
    raised: dict[str, tuple[float, tuple[str, ...]]]


class Lookout:
    """Looks out for stolen accounts.

    Attributes:
        count: the quick half of `mail`, with the arguments of `Outflow.mail`: whether `look` should
            be asked for the other half.
    """

    def __init__(self) -> None:
        self._traces: dict[str, Trace] = {}
        self._raised: dict[str, dict[str, tuple[float, tuple[str, ...]]]] = {}
        self._usual: dict[str, tuple[float, Usual | None]] = {}
        self._homes_wanted: dict[str, None] = {}
        self._usual_wanted: dict[str, None] = {}
        self._homes: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._sent = Outflow(excess.MAILS, excess.RECIPIENTS)
        self._systems = Systems()
        self.count = self._sent.mail

    def __len__(self) -> int:
        """Accounts whose places are remembered."""
        return len(self._traces)

    # what is observed

    def is_news(self, account: str, facts: AddressFacts, at: float) -> bool:
        """Whether a login is worth more than a glance: the quick question for every login."""
        trace = self._traces.get(account)
        return trace is None or not is_recent(trace.trail, facts.value, at - SAME)

    def login(self, at: float, facts: AddressFacts, account: str, settings: Stolen) -> list[Signal]:
        """Somebody logged in with the right password, or sent.

        Args:
            at: seconds since 1970.
            facts: what is known about the address; never a local or exempt one.
            account: normalised name.
            settings: what counts for it.
        """
        trace = self._traces.pop(account, None)
        if trace is None:
            if len(self._traces) >= ACCOUNTS:
                self._drop(next(iter(self._traces)))
            trace = Trace()
        self._traces[account] = trace  # at the end: it is the latest
        seen = sighting(at, facts)
        usual = self._systems.note(seen.asn, seen.country)
        if usual and usual not in seen.countries:
            seen = replace(seen, second=usual)
        places = followed(unpack(trace.trail), seen, settings.hours * 3600)
        trace.trail = pack(places)
        trace.fresh += 1
        if trace.known is None:
            if len(self._homes_wanted) < ASKING:
                self._homes_wanted.setdefault(account)
            return []
        return self._judge_places(account, trace, places, settings)

    def mail(self, at: float, account: str, recipients: int, settings: Stolen) -> list[Signal]:
        """An account sent a mail; arguments as for `login` and `MailSeen`."""
        return self.look(at, account, settings) if self.count(account, at, recipients) else []

    def look(self, at: float, account: str, settings: Stolen) -> list[Signal]:
        """The other half of `mail`."""
        return self._judge_sending(account, at, settings)

    def delivery(
        self, at: float, account: str, recipient: str, failed: bool, settings: Stolen
    ) -> list[Signal]:
        """It is known what became of a mail to one recipient; arguments as for `DeliverySeen`."""
        self._sent.delivery(account, at, recipient, failed)
        return self._judge_sending(account, at, settings) if failed else []

    def refusal(self, at: float, facts: AddressFacts, account: str, reason: Reason) -> list[Signal]:
        """Somebody had the right password, and was refused all the same."""
        country = facts.country or facts.second
        where = name(country) if country else "an unknown country"
        evidence = f"the password was right, the login from {where} ({facts.address}) was refused"
        kind = SignalKind.PASSWORD_KNOWN
        found = Signal(
            account, kind, f"{evidence} [{reason}]", at, at, (country,) if country else ()
        )
        return self._fresh([found], at)

    # the past of accounts

    def wanted(
        self, homes: int | None = None, senders: int | None = None
    ) -> tuple[list[str], list[str]]:
        """Accounts of which it should be told from where they are known, and what they sent.

        Args:
            homes, senders: how many of each; None for all.
        """
        return list(islice(self._homes_wanted, homes)), list(islice(self._usual_wanted, senders))

    def learn_home(self, account: str, known: Collection[str], settings: Stolen) -> list[Signal]:
        """From which countries an account is known."""
        self._homes_wanted.pop(account, None)
        trace = self._traces.get(account)
        if trace is None:
            return []
        trace.known = self._same(tuple(sorted({*known, *(trace.known or ())})))
        places = unpack(trace.trail)
        return self._judge_places(account, trace, places, settings) if places else []

    def learn_usual(
        self, account: str, usual: Usual | None, at: float, settings: Stolen
    ) -> list[Signal]:
        """What an account sent before; None for one that never did."""
        self._usual_wanted.pop(account, None)
        self._usual[account] = (at, usual)
        return self._judge_sending(account, at, settings)

    def teach(self, account: str, countries: Iterable[str]) -> None:
        """It was the owner: the account is known from these countries, and where it is now."""
        self._raised.pop(account, None)
        trace = self._traces.get(account)
        if trace is None:
            return
        places = unpack(trace.trail)
        trace.trail = pack(replace(each, flags=each.flags & ~SUSPECT) for each in places)
        if trace.known is not None:
            here = {code for each in places for code in each.countries}
            trace.known = self._same(tuple(sorted({*trace.known, *countries, *here})))

    def forget(self, account: str) -> None:
        """Its password was changed: what came before says nothing of who uses it now."""
        self._raised.pop(account, None)
        self._sent.forget(account)
        trace = self._traces.get(account)
        if trace is not None:
            trace.trail = pack(each for each in unpack(trace.trail) if each.settled)
            trace.fresh = 0

    # memory

    def renew(self) -> None:
        """Settings have changed: what was too little to be looked at may be enough."""
        self._sent.wake()

    def sweep(self, at: float) -> None:
        """Forget what is over; called now and then."""
        self._sent.sweep(at)
        for account, kinds in list(self._raised.items()):
            left = {kind: raised for kind, raised in kinds.items() if at - raised[0] < DAY}
            if left:
                self._raised[account] = left
            else:
                del self._raised[account]
        self._usual = {name: each for name, each in self._usual.items() if at - each[0] < DAY}

    def dump(self) -> Iterator[Memory]:
        """What must last over a restart."""
        for account, trace in self._traces.items():
            raised = self._raised.get(account, {})
            yield Memory(account, trace.trail, trace.known, raised)

    def restore(self, memory: Memory) -> None:
        """Take back what `dump` gave.

        Raises:
            ValueError: it is damaged.
        """
        unpack(memory.trail)
        if len(self._traces) < ACCOUNTS:
            self._traces[memory.account] = Trace(memory.trail, self._same(memory.known))
            if memory.raised:
                self._raised[memory.account] = memory.raised

    def _same(self, known: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Equal countries once: most accounts are known from the same ones."""
        if known is None:
            return None
        if len(self._homes) >= HOMES:
            self._homes.clear()
        return self._homes.setdefault(known, known)

    def _drop(self, account: str) -> None:
        del self._traces[account]
        self._homes_wanted.pop(account, None)
        self._raised.pop(account, None)

    # judging

    def _judge_places(
        self, account: str, trace: Trace, places: list[Sighting], settings: Stolen
    ) -> list[Signal]:
        fresh, trace.fresh = max(1, trace.fresh), 0
        found = journeys.judge(account, places, trace.known or (), settings, fresh)
        signals = self._fresh(found, places[-1].last)
        strange = {c for each in signals if not each.is_weak for c in each.countries}
        if strange:
            trace.trail = pack(
                replace(each, flags=each.flags | SUSPECT) if each.country in strange else each
                for each in places
            )
        return signals

    def _judge_sending(self, account: str, at: float, settings: Stolen) -> list[Signal]:
        sent = self._sent.sent(account, at)
        known = self._usual.get(account)
        if (known is None or at - known[0] >= DAY) and excess.asks(sent, settings):
            self._usual_wanted.setdefault(account)
            known = None
        usual = known[1] if known is not None else None
        if known is not None or account in self._usual_wanted or not settings.volume:
            self._sent.rest(account, *excess.next_look(sent, usual, settings))
        return self._fresh(excess.judge(account, sent, usual, at, settings), at)

    def _fresh(self, found: Iterable[Signal], at: float) -> list[Signal]:
        """Those that were not given today, or have a country that was not in them."""
        news = []
        for signal in found:
            raised = self._raised.setdefault(signal.account, {})
            before = raised.get(signal.kind)
            is_known = before is not None and not {*signal.countries} - {*before[1]}
            if before is not None and at - before[0] < DAY and is_known:
                continue
            raised[signal.kind] = (at, signal.countries)
            news.append(signal)
        return news
