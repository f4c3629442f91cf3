"""Decides whose report is mailed when: each once, late rather than never, and never many at once.

After a downtime only the latest report is mailed. What is composed, and how it is mailed, is the
business of whoever makes this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Final, Generic, TypeVar

from msgspec import Struct

from core.notify.report_memory import ReportMemory
from core.notify.report_period import Every, Period, day_of, latest
from core.settings.scope import Resolved

RETRY_SECONDS: Final = 300.0
LONGEST_RETRY: Final = 6 * 3600.0
"""How long after a failure the same report is tried again; doubled each time, up to the second."""

PAUSE_SECONDS: Final = 60.0
LONGEST_PAUSE: Final = 3600.0
"""The same for all others, as long as nothing at all gets through."""

JUMP: Final = 120.0
"""Seconds by which a clock may stray from the one that never jumps."""

SETTLE_SECONDS: Final = 300.0
"""How long a clock must not have jumped before it is believed."""

Mail = TypeVar("Mail")


class Recipient(Struct, frozen=True):
    """Who gets reports.

    Attributes:
        domain: which they are about; "" for the administrator, and the whole server.
        address: to which mail address.
        every: how often.
        language: ISO 639-1.
    """

    domain: str
    address: str
    every: Every
    language: str

    def __str__(self) -> str:
        return self.domain or "the administrator"


def recipients(rules: Resolved) -> list[Recipient]:
    """Everybody who wants reports, the administrator first.

    Args:
        rules: the settings in force.
    """
    notify = rules.server.notify
    found = []
    if notify.address and notify.report != "off":
        found.append(Recipient("", notify.address, notify.report, notify.language))
    for domain, settings in rules.domains.items():
        owner = settings.owner
        if owner.address and owner.report != "off":
            found.append(Recipient(domain, owner.address, owner.report, settings.notify.language))
    return found


class _Trouble(Struct):
    """What went wrong with one recipient's report: how often, why, and not to try before when."""

    times: int
    why: str
    next: float


class ReportPost(Generic[Mail]):
    """Mails reports, one in a step.

    Args:
        memory: what is mailed already.
        compose: makes the report on a period; may raise anything.
        submit: mails it; may raise anything.
        zone: whose calendar; None for the server's own.
    """

    def __init__(
        self,
        memory: ReportMemory,
        compose: Callable[[Recipient, Period], Mail],
        submit: Callable[[Mail, Recipient], object],
        zone: tzinfo | None = None,
    ) -> None:
        self._memory = memory
        self._compose = compose
        self._submit = submit
        self._zone = zone
        self._troubles: dict[str, _Trouble] = {}
        self._failures = 0
        self._pause_until = 0.0
        self._unwritten = ""
        self._stray: float | None = None
        self._settled_at = 0.0

    def step(self, wanted: Iterable[Recipient], hour: int, now: float, clock: float) -> bool:
        """Mail one report, if one is due.

        Args:
            wanted: everybody who wants reports.
            hour: from which hour of the day on they are mailed.
            now: seconds since 1970.
            clock: seconds on a clock that never jumps.

        Returns:
            Whether there are more to be mailed soon.
        """
        by_name = {recipient.domain: recipient for recipient in wanted}
        if not self._is_settled(now, clock) or clock < self._pause_until:
            return False
        try:
            today = day_of(now, self._zone)
            periods = {
                every: latest(every, now, hour, self._zone)
                for every in {recipient.every for recipient in by_name.values()}
            }
        except ValueError:  # a clock beyond the calendar
            return False
        latest_of = {who: periods[recipient.every] for who, recipient in by_name.items()}
        try:
            self._memory.forget_others(by_name)
            self._memory.meet(latest_of, today)
        except OSError as error:
            self._unwritten = error.strerror or str(error)
            return False
        self._unwritten = ""
        due = [who for who, each in latest_of.items() if self._memory.is_due(who, each, today)]
        self._troubles = {who: known for who, known in self._troubles.items() if who in due}
        ready = [who for who in due if who not in self._troubles or self._may_retry(who, clock)]
        if ready:
            self._mail(by_name[ready[0]], latest_of[ready[0]], clock)
        return len(ready) > 1

    def _may_retry(self, who: str, clock: float) -> bool:
        return self._troubles[who].next <= clock

    @property
    def problem(self) -> str:
        """What is wrong, for people; "" when nothing is."""
        said = [self._memory.problem] if self._memory.problem else []
        if self._unwritten:
            said.append(f"no report is mailed, because that cannot be noted: {self._unwritten}")
        if self._troubles:
            who, trouble = max(self._troubles.items(), key=lambda item: item[1].next)
            count = len(self._troubles)
            what = "a report is" if count == 1 else f"{count} reports are"
            said.append(
                f"{what} not mailed yet, and tried again; for {who or 'the administrator'}: "
                f"{trouble.why}"
            )
        for who, period in list(self._memory.unsure.items())[:1]:
            said.append(
                f"whether the {period} report for {who or 'the administrator'} was mailed is not "
                "known, because Mailward was interrupted; `mailward report send` mails one"
            )
        return "; ".join(said)

    def _is_settled(self, now: float, clock: float) -> bool:
        """Whether the clock has told one time for a while: at the boot it may be far off."""
        stray = now - clock
        if self._stray is None or abs(stray - self._stray) > JUMP:
            self._stray = stray
            self._settled_at = clock + SETTLE_SECONDS
        return clock >= self._settled_at

    def _mail(self, recipient: Recipient, period: Period, clock: float) -> None:
        who = recipient.domain
        try:
            mail = self._compose(recipient, period)
            self._memory.begin(who, period)
            try:
                self._submit(mail, recipient)
            except BaseException:
                self._memory.end(who, taken=False)
                raise
            self._memory.end(who, taken=True)
        except Exception as error:  # noqa: BLE001  a report that fails must not hurt the daemon
            self._failed(who, str(error) or type(error).__name__, clock)
        else:
            self._failures, self._pause_until = 0, 0.0
            self._troubles.pop(who, None)

    def _failed(self, who: str, why: str, clock: float) -> None:
        known = self._troubles.get(who)
        times = known.times + 1 if known is not None else 1
        wait = min(RETRY_SECONDS * 2.0 ** min(times - 1, 20), LONGEST_RETRY)
        self._troubles[who] = _Trouble(times, why, clock + wait)
        self._failures += 1
        pause = min(PAUSE_SECONDS * 2.0 ** min(self._failures - 1, 20), LONGEST_PAUSE)
        self._pause_until = clock + pause
