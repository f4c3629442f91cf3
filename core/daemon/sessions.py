"""Which sessions are noted already: one event for each stage, however often it is asked about.

A mail server asks for each recipient anew, and Dovecot asks again what the hook at the connection
has asked.
"""

from __future__ import annotations

from core.daemon.asker import Asker, Session
from core.daemon.recent import Recent
from core.engine.decide import Decision
from core.engine.request import Request
from core.words import Service, Stage, Verdict

REMEMBERED = 20_000
"""Sessions that are recognised when they are asked about again."""

VISIT = 300.0
"""Seconds in which a login follows its connection: smtpd waits no longer for a command."""

_CONNECT, _ALLOW = Stage.CONNECT, Verdict.ALLOW
"""Needed by every request, and slow to look up in their classes before Python 3.12."""


class Sessions:
    """The sessions seen last."""

    def __init__(self) -> None:
        self._noted = Recent[None](REMEMBERED)

    def forget(self) -> None:
        """Let an address and port that come again after a long time be a new session."""
        self._noted = Recent[None](REMEMBERED)

    def is_news(self, asker: Asker, session: Session, decision: Decision, wall: float) -> bool:
        """Whether an answer is worth an event.

        Args:
            asker: who got it.
            session: names the connection, together with the address.
            decision: the answer.
            wall: seconds since 1970.
        """
        request = asker.request
        if decision.would and request.stage is _CONNECT:
            return self._is_new_visit(request, wall)
        if request.quiet:
            return decision.verdict is not _ALLOW or bool(decision.would)
        if request.stage is _CONNECT:
            return True
        asker.session = session
        return self._noted.add(hash((request.address, session, request.account, decision.reason)))

    def _is_new_visit(self, request: Request, wall: float) -> bool:
        """Whether a watched connection is not noted yet.

        A login for sending comes through Dovecot, who does not know the port and asks again what
        the mail server's own hook has asked at 587 and 465, but not at 25.
        """
        visit = int(wall // VISIT)
        if request.quiet and request.service is Service.SMTP:
            return not any(hash((request.address, v)) in self._noted for v in (visit, visit - 1))
        self._noted.add(hash((request.address, visit)))
        return True
