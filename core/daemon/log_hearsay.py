"""What doors of ours have told already, so that a log that tells it again is not believed twice.

A login that Dovecot reports, and a mail that a hook asked about, stand in the mail log, too, a
moment earlier or later. Each report stands for one login of the log.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice, takewhile
from typing import Final

from msgspec import Struct

from core.engine.observation import LoginSeen, MailSeen, VisitSeen
from core.maillog.visits import Visits
from core.words import Service

NEAR: Final = 10.0
"""Seconds between a report and its line, at most."""

SESSION: Final = 200.0
"""Seconds before a line about failures in which they were: Dovecot writes it when the session ends,
after three minutes at the latest (``login_timeout``), one for all of them."""

ASKING: Final = 600.0
"""Seconds after a question of Dovecot's in which it certainly reports every login."""

MOST: Final = 20_000
"""Addresses, queue ids and mails that are remembered."""

MOST_OF_ONE: Final = 1_000
"""Logins of one address."""

KEPT_SECONDS: Final = 15.0
MOST_KEPT: Final = 2_000
"""What a restart needs: what the log may still tell."""

_SENDING: Final = frozenset({Service.SMTP, Service.SUBMISSION, Service.SMTPS})
_SENDING_PROTOCOLS: Final = frozenset({"smtp", "submission"})


class Report(Struct, array_like=True):
    """A login that a door has told of.

    Attributes:
        at: seconds since 1970.
        address: the client's.
        account: normalised name, "" where nobody told.
        succeeded: the password was right.
    """

    at: float
    address: str
    account: str
    succeeded: bool


class Kept(Struct, frozen=True):
    """What is kept over a restart.

    Attributes:
        until: how long the doors were open for certain, seconds since 1970.
        reports, queue_ids, senders: the last ones.
        dovecot: see `core.daemon.guard.Guard.dovecot`.
    """

    until: float = 0.0
    reports: tuple[Report, ...] = ()
    queue_ids: tuple[tuple[str, float], ...] = ()
    senders: tuple[tuple[str, float], ...] = ()
    dovecot: dict[str, float] = {}


class Hearsay:
    """What was told, by doors and by logs.

    Args:
        since: when the doors were opened, seconds since 1970.
        dovecot: when Dovecot asks, by protocol; somebody else brings it up to date.
        before: from before the restart.

    Attributes:
        visits: who is logged in.
        changes: grows with everything that doors tell.
    """

    def __init__(self, since: float, dovecot: dict[str, float], before: Kept) -> None:
        self._since = since
        self._dovecot = dovecot
        self._before = before
        # Lists, because most have one report, and a deque takes 700 octets more: 14 MB of them all.
        self._reports: OrderedDict[tuple[str, bool], list[Report]] = OrderedDict()
        # In two halves, of which the older one goes at once: 0.13 us a mail, where to take out the
        # oldest one by one took 0.21 to 0.34.
        self._queue_ids: dict[str, float] = dict(before.queue_ids)
        self._older_queue_ids: dict[str, float] = {}
        self._senders: deque[tuple[str, float]] = deque(before.senders, maxlen=MOST)
        self.visits = Visits()
        self.changes = 0
        for report in before.reports:
            self._add(report)

    # what doors tell

    def heard_login(self, seen: LoginSeen) -> None:
        """A door tells of a login."""
        self._add(Report(seen.at, seen.facts.address, seen.account, seen.succeeded))

    def heard_mail(self, seen: MailSeen) -> None:
        """A door tells of a mail, or of several."""
        self.changes += 1
        for queue_id in seen.queue_ids:
            if len(self._queue_ids) >= MOST // 2:
                self._older_queue_ids, self._queue_ids = self._queue_ids, {}
            self._queue_ids[queue_id] = seen.at
        unnamed = seen.count - len(seen.queue_ids)
        if unnamed and seen.account:
            self._senders.extend([(seen.account, seen.at)] * unnamed)

    def heard_visit(self, seen: VisitSeen) -> None:
        """A door tells that somebody sends."""
        self.visits.note(seen.facts.address, seen.account, seen.at)

    def _add(self, report: Report) -> None:
        self.changes += 1
        key = (report.address, report.succeeded)
        kept = self._reports.get(key)
        if kept is None:
            if len(self._reports) >= MOST:
                self._reports.popitem(last=False)
            kept = self._reports[key] = []
        self._reports.move_to_end(key)
        while kept and (report.at - kept[0].at > SESSION + NEAR or len(kept) >= MOST_OF_ONE):
            del kept[0]
        kept.append(report)
        if report.succeeded:
            self.visits.note(report.address, report.account, report.at)

    # what logs tell

    def news(self, told: Report, service: Service, attempts: int = 1) -> int:
        """How many logins of a line no door has told of.

        Args:
            told: what the line says.
            service: what the client talked to.
            attempts: how many tries the line stands for.
        """
        # Of logins for sending it tells the failed ones only: the hook there knows the others.
        if not (told.succeeded and service in _SENDING) and self._dovecot_tells(service, told.at):
            return 0
        back = NEAR if told.succeeded else SESSION
        kept = self._reports.get((told.address, told.succeeded))
        if not kept:
            return attempts
        for matches in (_same, _alike):
            for report in list(kept):
                near = -NEAR <= told.at - report.at <= back
                if attempts and near and matches(report.account, told.account):
                    kept.remove(report)
                    attempts -= 1
        if not kept:
            del self._reports[told.address, told.succeeded]
        return attempts

    def _dovecot_tells(self, service: Service, at: float) -> bool:
        """Whether Dovecot reported every login of the kind at that time.

        Its line does not say whether a login was refused by us or had a wrong password.
        """
        sending = service in _SENDING
        times: list[float] = []
        for dovecot, whole in (
            (self._dovecot, at >= self._since),
            (self._before.dovecot, at <= self._before.until),
        ):
            if whole:
                times += (
                    asked
                    for protocol, asked in dovecot.items()
                    if (protocol in _SENDING_PROTOCOLS) is sending
                )
        return any(-NEAR <= at - asked <= ASKING for asked in times)

    def is_new_mail(self, queue_id: str, account: str, at: float) -> bool:
        """Whether no door was asked about a mail that a log tells of."""
        if queue_id and (queue_id in self._queue_ids or queue_id in self._older_queue_ids):
            return False
        for sender in reversed(self._senders):
            if at - sender[1] > NEAR:
                break
            if sender[0] == account and sender[1] - at <= NEAR:
                self._senders.remove(sender)
                return False
        return True

    def kept(self, now: float) -> Kept:
        """What a restart needs.

        It is asked for every second, and goes from the newest back, as far as it must.
        """
        reports = sorted(islice(self._newest(now), MOST_KEPT), key=lambda report: report.at)
        queue_ids = chain(
            reversed(self._queue_ids.items()), reversed(self._older_queue_ids.items())
        )
        return Kept(
            now,
            tuple(reports),
            _newest_told(queue_ids, now),
            _newest_told(reversed(self._senders), now),
            dict(self._dovecot),
        )

    def _newest(self, now: float) -> Iterator[Report]:
        """The latest reports, by the address that was heard of last."""
        for kept in reversed(self._reports.values()):
            if now - kept[-1].at > KEPT_SECONDS:
                return
            yield from takewhile(lambda report: now - report.at <= KEPT_SECONDS, reversed(kept))


def _newest_told(told: Iterable[tuple[str, float]], now: float) -> tuple[tuple[str, float], ...]:
    """Of what was told, the newest first, that which a log may still tell; the oldest first."""
    recent = takewhile(lambda each: now - each[1] <= KEPT_SECONDS, told)
    return tuple(islice(recent, MOST_KEPT))[::-1]


def _same(report: str, told: str) -> bool:
    return report == told


def _alike(report: str, told: str) -> bool:
    """Names that may be one account: logs have it as a database has made it, or not at all."""
    return not report or not told or report.partition("@")[0] == told.partition("@")[0]
