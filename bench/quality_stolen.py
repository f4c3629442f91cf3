"""What the lookout makes of a month: stolen accounts found, and honest people told of for nothing.

A labelled simulation with a fixed seed. Honest accounts live as people do who travel, use phones,
VPNs and one mailbox for several people; thieves use accounts as botnets, spammers and readers of
other people's mail do. The store's part, what is known of an account's past, is kept here in the
same terms. Nothing here knows the lookout's numbers.
"""

from __future__ import annotations

import time
from collections import defaultdict
from random import Random
from statistics import median

from rich.progress import track

from bench.quality_owners import DAYS, Owners
from bench.quality_thieves import Theft, thefts
from bench.quality_visits import DAY, START, Visit
from core.engine.stolen.lookout import Lookout
from core.engine.stolen.outflow import Usual
from core.engine.stolen.signal import BLOCKING, Signal
from core.engine.window import SendWindows
from core.settings.sending import Send
from core.settings.stolen import Stolen
from core.store.account_past import HOME_DAYS

HOUR = 3600


class Past:
    """What the store would say of an account; see `core.store.account_past`."""

    def __init__(self) -> None:
        self._days: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._doubted: dict[str, set[str]] = defaultdict(set)
        self._hours: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)

    def note(self, visit: Visit) -> None:
        """Somebody logged in, or sent."""
        country = visit.where.country or visit.where.second
        self._days[visit.account][country].add(int(visit.at // DAY))
        hours, hour = self._hours[visit.account], int(visit.at // HOUR)
        mails, recipients = hours.get(hour, (0, 0))
        hours[hour] = mails + visit.mails, recipients + visit.mails * visit.recipients

    def doubt(self, signal: Signal) -> None:
        """A signal was given, and nobody closed it."""
        self._doubted[signal.account].update(signal.countries)

    def homes(self, account: str, at: float) -> list[str]:
        """From where it is known."""
        today = int(at // DAY)
        return [
            country
            for country, days in self._days[account].items()
            if sum(day < today for day in days) >= HOME_DAYS
            and country not in self._doubted[account]
        ]

    def usual(self, account: str, at: float) -> Usual:
        """What it has sent until a day ago."""
        until = int((at - DAY) // HOUR)
        sent = [each for hour, each in self._hours[account].items() if hour < until]
        mails = max((each[0] for each in sent), default=0)
        recipients = max((each[1] for each in sent), default=0)
        first = min((min(days) for days in self._days[account].values()), default=int(at // DAY))
        return Usual(mails, recipients, int(at // DAY) - first)


class Watched:
    """A lookout with its past, and what it has said."""

    def __init__(self, settings: Stolen) -> None:
        self.settings = settings
        self.lookout = Lookout()
        self.past = Past()
        self._dice = Random(1)
        self.logins = 0
        self.seconds = 0.0

    def meet(self, visit: Visit) -> list[Signal]:
        """Show one login or mail; the strong signals that follow."""
        begun = time.process_time()
        found: list[Signal] = []
        look, account, at = self.lookout, visit.account, visit.at
        if not visit.spared and look.is_news(account, visit.where, at):
            found += look.login(at, visit.where, account, self.settings)
        for _ in range(visit.mails):
            found += look.mail(at, account, visit.recipients, self.settings)
        for number in range(visit.recipients * visit.mails if visit.dead else 0):
            failed = self._dice.random() * 100 < visit.dead
            name = f"{at}/{number}"
            found += look.delivery(at, account, name, failed, self.settings)
        self.seconds += time.process_time() - begun
        self.logins += 1
        found += self._answer(at)
        self.past.note(visit)
        strong = [signal for signal in found if not signal.is_weak]
        for signal in strong:
            self.past.doubt(signal)
        return strong

    def _answer(self, at: float) -> list[Signal]:
        """The store answers at once."""
        found: list[Signal] = []
        homes, senders = self.lookout.wanted()
        for account in homes:
            known = self.past.homes(account, at)
            found += self.lookout.learn_home(account, known, self.settings)
        for account in senders:
            usual = self.past.usual(account, at)
            found += self.lookout.learn_usual(account, usual, at, self.settings)
        return found


def _honest(settings: Stolen) -> None:
    watched, owners = Watched(settings), Owners()
    signals: dict[str, list[Signal]] = defaultdict(list)
    mailed: dict[str, set[tuple[str, int]]] = defaultdict(set)
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for day in track(range(DAYS), description="days", transient=True):
        for visit in owners.day(day):
            for signal in watched.meet(visit):
                signals[visit.story].append(signal)
                known = told[signal.account, signal.kind]
                if not known or {*signal.countries} - known:
                    mailed[visit.story].add((signal.account, day))
                known.update({"", *signal.countries})
    print("\n| honest accounts | accounts | signals | mails | a 1000 accounts and month | kinds |")
    print("|---|--:|--:|--:|--:|---|")
    for story, count in owners.stories.items():
        kinds: dict[str, int] = defaultdict(int)
        for signal in signals[story]:
            kinds[signal.kind.value] += 1
        shown = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
        mails = len(mailed[story])
        print(f"| {story} | {count} | {len(signals[story])} | {mails} "
              f"| {1000 * mails / count:.1f} | {shown} |")  # fmt: skip
    every = sum(len(each) for each in mailed.values())
    blocking = {s.account for each in signals.values() for s in each if s.kind in BLOCKING}
    total = sum(owners.stories.values())
    print(f"| **all** | {total} | {sum(map(len, signals.values()))} | {every} "
          f"| {1000 * every / total:.1f} | would be blocked: {len(blocking)} |")  # fmt: skip
    each = 1e6 * watched.seconds / watched.logins
    print(f"\n{watched.logins} logins and mails, {each:.1f} us each.")


class Stop:
    """How one theft ended."""

    def __init__(self) -> None:
        self.mails = 0
        self.by = "nobody"
        self.after: float | None = None
        self.noticed = False


def _steal(theft: Theft, settings: Stolen) -> Stop:
    """Let a theft happen, with the send window, until it is stopped or over."""
    watched, windows, send, stop = Watched(settings), SendWindows(), Send(), Stop()
    for visit in theft.before:
        watched.meet(visit)
    second: float | None = None
    for visit in theft.visits:
        if visit.where.country not in theft.home and second is None:
            second = visit.at
        signals = watched.meet(visit)
        stop.noticed = stop.noticed or bool(signals)
        if settings.action == "block" and any(signal.kind in BLOCKING for signal in signals):
            stop.mails += visit.mails  # the lookout sees a mail after it was taken
            stop.by = signals[0].kind.value
            stop.after = None if second is None else visit.at - second
            return stop
        for _ in range(visit.mails):
            cost = 1 if send.unit == "messages" else visit.recipients
            if windows.add(visit.account, visit.at, send.seconds, cost, send.limit) > send.limit:
                stop.by = "send window"
                return stop
            stop.mails += 1
    return stop


def _thieves(settings: Stolen, title: str) -> None:
    print(f"\n{title}\n")
    print("| theft | accounts | seen | stopped | by | mails before it | most | median wait |")
    print("|---|--:|--:|--:|---|--:|--:|--:|")
    stories: dict[str, list[Stop]] = defaultdict(list)
    for theft in thefts():
        stories[theft.story].append(_steal(theft, settings))
    for story, stops in stories.items():
        by: dict[str, int] = defaultdict(int)
        for stop in stops:
            by[stop.by] += 1
        waits = [stop.after for stop in stops if stop.after is not None]
        mails = [stop.mails for stop in stops]
        shown = ", ".join(f"{name} {count}" for name, count in sorted(by.items()))
        print(f"| {story} | {len(stops)} | {sum(stop.noticed for stop in stops)} "
              f"| {sum(stop.by != 'nobody' for stop in stops)} | {shown} "
              f"| {median(mails):.0f} | {max(mails)} "
              f"| {f'{median(waits):.0f} s' if waits else '-'} |")  # fmt: skip


EXPLANATION = """
Honest people from a fresh install on; "signals" are strong ones, "mails" what the administrator
gets who never answers. Weak signals (a first login from a country) are only noted. Stolen accounts
have a month's past. "wait": from the first login outside the account's home until it may not send;
the store's answer, which comes within two seconds, is not in it."""


def main() -> None:
    """Measure, and print Markdown."""
    print("\n## What the lookout makes of stolen accounts")
    print(EXPLANATION)
    for settings, title in (
        (Stolen(), "Default settings: inform, three countries"),
        (Stolen(action="block", countries=2), "Set to block, two countries"),
    ):
        print(f"\n### {title}")
        _honest(settings)
        _thieves(settings, "Stolen accounts:")


assert START % DAY == 0
