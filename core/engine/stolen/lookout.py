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

from core.engine.account_table import AccountTable, Column
from core.engine.stolen import excess, journeys
from core.engine.stolen.glances import Glances
from core.engine.stolen.outflow import Outflow, Usual
from core.engine.stolen.signal import Signal
from core.engine.stolen.systems import Systems
from core.engine.stolen.traces import Trace, Traces
from core.engine.stolen.trail import SUSPECT, followed, sighting
from core.net.countries import name
from core.settings.stolen import Stolen
from core.sources.facts import AddressFacts
from core.words import Reason, SignalKind

ACCOUNTS: Final = 100_000
"""Accounts whose places are remembered; those that were quiet for long are forgotten first."""

ASKING: Final = 4_000
"""Accounts that wait to be asked about; of others it is asked when they log in again."""

SAME: Final = 60.0
"""Seconds in which a login from the same address is no news."""

DAY: Final = 86_400.0


class Memory(Struct, frozen=True):
    """What is kept of an account over a restart: its trace, packed, and what was given."""

    account: str
    trace: bytes
    raised: dict[str, tuple[float, tuple[str, ...]]]


class Lookout:
    """Looks out for stolen accounts.

    Args:
        places, sending: where it is kept from where accounts log in, and what they send; None for
            tables of its own.

    Attributes:
        count: the quick half of `mail`, with the arguments of `Outflow.mail`: whether `look` should
            be asked for the other half.
    """

    def __init__(self, places: Column | None = None, sending: Column | None = None) -> None:
        self._traces = Traces(places if places is not None else AccountTable().columns[0])
        self._glances = Glances()
        self._raised: dict[str, dict[str, tuple[float, tuple[str, ...]]]] = {}
        self._usual: dict[str, tuple[float, Usual | None]] = {}
        self._homes_wanted: dict[str, None] = {}
        self._usual_wanted: dict[str, None] = {}
        self._sent = Outflow(excess.MAILS, excess.RECIPIENTS, sending)
        self._systems = Systems()
        self.count = self._sent.mail

    def __len__(self) -> int:
        """Accounts whose places are remembered."""
        return len(self._traces)

    # what is observed

    def is_news(self, account: str, facts: AddressFacts, at: float) -> bool:
        """Whether a login is worth more than a glance: the quick question for every login."""
        return not self._glances.since(account, facts.value, at - SAME)

    def login(self, at: float, facts: AddressFacts, account: str, settings: Stolen) -> list[Signal]:
        """Somebody logged in with the right password, or sent.

        Args:
            at: seconds since 1970.
            facts: what is known about the address; never a local or exempt one.
            account: normalised name.
            settings: what counts for it.
        """
        trace = self._traces.get(account)
        if trace is None:
            if len(self._traces) >= ACCOUNTS:
                self._make_room()
            trace = Trace([])
        seen = sighting(at, facts)
        usual = self._systems.note(seen.asn, seen.country)
        if usual and usual not in seen.countries:
            seen = replace(seen, second=usual)
        trace.places = followed(trace.places, seen, settings.hours * 3600)
        trace.fresh += 1
        signals = self._judge_places(account, trace, settings) if trace.known is not None else []
        self._traces.keep(account, trace)
        self._glances.note(account, facts.value, at)
        if trace.known is None and len(self._homes_wanted) < ASKING:
            self._homes_wanted.setdefault(account)
        return signals

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
        trace.known = tuple(sorted({*known, *(trace.known or ())}))
        signals = self._judge_places(account, trace, settings) if trace.places else []
        self._traces.keep(account, trace)
        return signals

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
        trace.places = [replace(each, flags=each.flags & ~SUSPECT) for each in trace.places]
        if trace.known is not None:
            here = {code for each in trace.places for code in each.countries}
            trace.known = tuple(sorted({*trace.known, *countries, *here}))
        self._traces.keep(account, trace)

    def forget(self, account: str) -> None:
        """Its password was changed: what came before says nothing of who uses it now."""
        self._raised.pop(account, None)
        self._sent.forget(account)
        self._glances.forget()
        trace = self._traces.get(account)
        if trace is not None:
            trace.places = [each for each in trace.places if each.settled]
            trace.fresh = 0
            self._traces.keep(account, trace)

    # memory

    def renew(self) -> None:
        """Settings have changed: what was too little to be looked at may be enough."""
        self._sent.wake()

    def sweep_sending(self, at: float) -> None:
        """Forget some of what was sent hours ago; called once a second."""
        self._sent.sweep(at)

    def sweep(self, at: float) -> None:
        """Forget what else is over; called now and then."""
        for account, kinds in list(self._raised.items()):
            left = {kind: raised for kind, raised in kinds.items() if at - raised[0] < DAY}
            if left:
                self._raised[account] = left
            else:
                del self._raised[account]
        self._usual = {name: each for name, each in self._usual.items() if at - each[0] < DAY}

    def dump(self) -> Iterator[Memory]:
        """What must last over a restart."""
        for account, trace in self._traces.dump():
            yield Memory(account, trace, self._raised.get(account, {}))

    def restore(self, memory: Memory) -> None:
        """Take back what `dump` gave.

        Raises:
            ValueError: it is damaged.
        """
        if len(self._traces) < ACCOUNTS:
            self._traces.restore(memory.account, memory.trace)
            if memory.raised:
                self._raised[memory.account] = memory.raised

    def _make_room(self) -> None:
        for account in self._traces.make_room():
            self._homes_wanted.pop(account, None)
            self._raised.pop(account, None)

    # judging

    def _judge_places(self, account: str, trace: Trace, settings: Stolen) -> list[Signal]:
        fresh, trace.fresh = max(1, trace.fresh), 0
        places = trace.places
        found = journeys.judge(account, places, trace.known or (), settings, fresh)
        signals = self._fresh(found, places[-1].last)
        strange = {c for each in signals if not each.is_weak for c in each.countries}
        if strange:
            trace.places = [
                replace(each, flags=each.flags | SUSPECT) if each.country in strange else each
                for each in places
            ]
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
