"""Counts each login at Dovecot once, though two of its programs tell of it, and neither tells all.

The login process writes one line for each session: how it ended, how many tries there were, and the
last name that was tried. With ``auth_verbose`` the password check, too, writes of every try, with
its name and the true reason; with several password databases it does so even if a later one knows
the password. A try is therefore told when it is certain: at the next try of the session, or at its
end.
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from core.maillog.record import Failure, Login
from core.words import Service

MOST = 20_000
"""Sessions that are remembered. The oldest is forgotten first; its last try then counts as the end
line tells it."""

MOST_LATE = 1_000
"""Failed tries that wait to be told, at most."""

_CERTAINTY = (
    Failure.OTHER,
    Failure.UNKNOWN_ACCOUNT,
    Failure.PASSWORD,
    Failure.DISABLED,
    Failure.REFUSED,
)
"""When several databases are asked, the one that knows the account is right about the reason."""


class Try(Struct, frozen=True, gc=False):
    """What the password check says of one try.

    Attributes:
        at: seconds since 1970.
        database: which of its password databases says so.
        account, address, failure: as in a `Login`.
        session: Dovecot's id of the session.
    """

    at: float
    database: bytes
    account: str
    address: str
    failure: Failure
    session: bytes


class End(Struct, frozen=True, gc=False):
    """What the login process says at a session's end.

    Attributes:
        login: the last try, as far as this line tells; `attempts` counts all tries.
        session: Dovecot's id of the session, b"" where the line has none.
    """

    login: Login
    session: bytes


class _Open:
    """A session of which the password check has told."""

    __slots__ = ("databases", "last", "told")

    def __init__(self, last: Try) -> None:
        self.last = last
        self.databases = {last.database}
        self.told = 0


class Sessions:
    """The sessions of one Dovecot."""

    def __init__(self) -> None:
        self._open: dict[bytes, _Open] = {}
        self._late: deque[Login] = deque(maxlen=MOST_LATE)

    def add(self, failed: Try) -> Login | None:
        """Take what the password check says; returns the session's try before, if it was one."""
        session = self._open.get(failed.session)
        if session is None:
            if len(self._open) >= MOST:
                del self._open[next(iter(self._open))]
            self._open[failed.session] = _Open(failed)
            return None
        before = session.last
        if before.account == failed.account and failed.database not in session.databases:
            session.databases.add(failed.database)
            if _CERTAINTY.index(failed.failure) > _CERTAINTY.index(before.failure):
                session.last = failed
            return None
        session.last, session.databases = failed, {failed.database}
        session.told += 1
        return _login(before, Service.UNKNOWN)

    def end(self, end: End) -> Login:
        """Take a session's end; returns its last try, successful or not."""
        login = end.login
        session = self._open.pop(end.session, None) if end.session else None
        if session is None:
            return login
        last = session.last
        if login.failure is None:
            if last.account and last.account != login.account:
                self._late.append(_login(last, login.service))
            return login
        attempts = max(1, login.attempts - session.told)
        failure = last.failure if login.failure is Failure.PASSWORD else login.failure
        return Login(
            login.at,
            login.service,
            login.address or last.address,
            login.account or last.account,
            failure,
            attempts,
        )

    def late(self) -> Login | None:
        """A failed try that had no line of its own to be told at."""
        return self._late.popleft() if self._late else None


def _login(failed: Try, service: Service) -> Login:
    return Login(failed.at, service, failed.address, failed.account, failed.failure)
