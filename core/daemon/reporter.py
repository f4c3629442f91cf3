"""Mails the reports when it is time, in a thread: no answer waits for what they count.

Reports to many owners are spread: one in a few seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import structlog

from core.daemon.verbs import Verbs
from core.errors import StoreError
from core.licence.feature import Feature
from core.notify.host_name import host_name
from core.notify.report_memory import NAME, ReportMemory
from core.notify.report_period import Period
from core.notify.report_post import Recipient, ReportPost, recipients

if TYPE_CHECKING:
    from email.message import EmailMessage

    from core.daemon.daemon import Daemon

log = structlog.get_logger()

LOOK_SECONDS: Final = 60.0
"""How often it is looked whether a report is due."""

SPREAD_SECONDS: Final = 4.0
"""Between two reports: a thousand owners take little more than an hour."""

STATUS_SECONDS: Final = 30.0
"""How long the daemon's own status is waited for."""

Submit = Callable[["EmailMessage", str], object]


def _submit(mail: EmailMessage, address: str) -> None:
    from core.notify.submission import submit  # noqa: PLC0415  see `Reporter._compose`

    submit(mail, address)


class Reporter:
    """Mails the reports of one daemon.

    Args:
        daemon: whose.
        submit: hands a mail over; may take half a minute, may fail.
    """

    def __init__(self, daemon: Daemon, submit: Submit = _submit) -> None:
        self._daemon = daemon
        self._submit = submit
        self._loop = asyncio.get_running_loop()
        self._post: ReportPost[EmailMessage] | None = None

    async def run(self, ending: asyncio.Event) -> None:
        """Mail reports until the daemon ends.

        Args:
            ending: set when it does.
        """
        wait = LOOK_SECONDS
        while not ending.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), wait)
            if not ending.is_set():
                more = await self.step(time.time(), time.monotonic())
                wait = SPREAD_SECONDS if more else LOOK_SECONDS

    async def step(self, now: float, clock: float) -> bool:
        """Mail one report, if one is due; True when there are more. Never raises.

        Args:
            now: seconds since 1970.
            clock: seconds on a clock that never jumps.
        """
        rules = self._daemon.rules
        if rules.stale:  # who wants reports is not known for certain
            return False
        if Feature.REPORTS in self._daemon.entitlements.present.off:
            return False
        wanted, hour = recipients(rules.resolved), rules.resolved.server.notify.report_hour
        try:
            if self._post is None:
                self._post = await self._loop.run_in_executor(None, self._open)
            step = self._post.step
            more = await self._loop.run_in_executor(None, step, wanted, hour, now, clock)
        except OSError as error:
            self._daemon.parts.report("report", f"it cannot be known what is mailed: {error}")
            return False
        except Exception as error:  # a report must not hurt the daemon
            log.exception("the reports could not be looked after")
            self._daemon.parts.report("report", str(error) or type(error).__name__)
            return False
        self._daemon.parts.report("report", self._post.problem)
        return more

    def _open(self) -> ReportPost[EmailMessage]:
        memory = ReportMemory(self._daemon.config.state / NAME)
        return ReportPost(memory, self._compose, lambda mail, to: self._submit(mail, to.address))

    def _compose(self, recipient: Recipient, period: Period) -> EmailMessage:
        # With babel they take up megabytes that a daemon without reports has no use for.
        from core.notify import report, reporting  # noqa: PLC0415

        store = self._daemon.writer.store
        if store is None:
            raise StoreError(self._daemon.writer.problem or "the store is closed")
        host = host_name()
        document = reporting.make(
            store,
            self._daemon.rules.resolved,
            period,
            time.time(),
            host,
            domain=recipient.domain,
            problems=() if recipient.domain else self._problems(),
            namer=lambda address: self._daemon.guard.sources.look(address).as_name,
        )
        identity = report.id_of(recipient.domain, period, recipient.address, host)
        return report.compose(document, recipient.address, host, identity)

    def _problems(self) -> list[tuple[str, str]]:
        """What `mailward status` says, asked in the loop, to which the parts belong."""
        asked = asyncio.run_coroutine_threadsafe(self._status(), self._loop)
        problems = asked.result(STATUS_SECONDS)["problems"]
        return [(part, str(text)) for part, text in problems.items()]

    async def _status(self) -> Any:
        return await Verbs(self._daemon).table()["status"]({})
