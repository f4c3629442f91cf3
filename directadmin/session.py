"""Who is asking for a page: DirectAdmin's own answer to the session that the plugin was given.

The plugin's scripts run as unprivileged users and say what they like, so nothing of theirs is
believed. The session they hand over is put to DirectAdmin, which names its person; and the kernel
must say that the process at the other end runs as whom DirectAdmin runs such a page. Facts:
facts/directadmin.md 1.4 and 1.5.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from core.errors import PanelBroken, VisitRefused
from core.panel import Role, Viewer, Visit
from core.system.host import Host
from directadmin import places
from directadmin.question import Asked, Question

SESSION: Final = "x-directadmin-session"
KEY: Final = "x-directadmin-key"
LEVEL: Final = "x-directadmin-level"
"""Headers of the plugin's scripts, in lower case: the session's halves, and whose page it is."""

SECONDS: Final = 10.0
"""How long an answer of DirectAdmin's counts: a page with all that it loads asks once."""

REMEMBERED: Final = 1000
"""Sessions whose answer is remembered."""

MINUTE: Final = 60.0
TRIES: Final = 10
"""Sessions that are none, of one user within a minute; then DirectAdmin is not asked for a while.
It counts failures, too, and would shut us out."""

_SESSION = re.compile(r"\A\w{1,255}\Z", re.ASCII)
_KEY = re.compile(r"\A[\x21-\x3a\x3c-\x7e]{1,255}\Z")
"""As DirectAdmin writes them (facts 1.5); what could end a cookie is in neither."""

_ROLES: Final = {"admin": Role.ADMIN, "reseller": Role.RESELLER, "user": Role.CUSTOMER}
_MAY: Final = {
    "admin": {Role.ADMIN},
    "reseller": {Role.ADMIN, Role.RESELLER},
    "user": set(Role),
}
"""Who may open the pages of which level: whoever is more is also less in DirectAdmin."""


class Answer(Struct, frozen=True):
    """What was answered, and when.

    Attributes:
        person: whom the session belongs to; None where there is no such session.
        at: seconds of a clock that only goes forward.
    """

    person: Asked | None
    at: float


class Sessions:
    """Asks DirectAdmin whose sessions they are.

    Args:
        host: the machine.
        question: how DirectAdmin is asked.
        clock: seconds, going forward.
    """

    def __init__(
        self,
        host: Host | None = None,
        question: Callable[[str, str], Asked | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host or Host()
        self._question = question or Question(self._host)
        self._clock = clock
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._asking: dict[bytes, threading.Lock] = {}
        self._failed: dict[int, deque[float]] = {}
        self._guard = threading.Lock()

    def viewer(self, visit: Visit) -> Viewer:
        """Who it is.

        Raises:
            VisitRefused: nobody may be believed; the text says why.
        """
        level = visit.headers.get(LEVEL, "")
        if level not in _MAY:
            raise VisitRefused("DirectAdmin's level is missing or none that there is")
        if visit.uid is None:
            raise VisitRefused("DirectAdmin's pages come over a unix socket only")
        # The scripts of the two upper levels run as a user of ours, all others as their person.
        carried = visit.uid == self._uid(places.ACCOUNT)
        if carried != (level != "user"):
            raise VisitRefused(f"the process that asks is none that shows pages of level {level}")
        person = self._person(visit)
        role = _ROLES.get(person.kind)
        if role is None or role not in _MAY[level]:
            raise VisitRefused(f"whoever has this session may not open pages of level {level}")
        if level == "user" and visit.uid != self._uid(person.name):
            raise VisitRefused("the session belongs to somebody else than the process that asks")
        return Viewer(role=_ROLES[level], login=person.name)

    def _person(self, visit: Visit) -> Asked:
        session, key = visit.headers.get(SESSION, ""), visit.headers.get(KEY, "")
        if not _SESSION.match(session) or not _KEY.match(key):
            raise VisitRefused("DirectAdmin's session is missing, or not written as one")
        uid = -1 if visit.uid is None else visit.uid
        name = hashlib.sha256(f"{uid}\n{session}\n{key}".encode()).digest()
        with self._turn(name):
            found = self._remembered(name) or self._ask(uid, session, key)
            self._remember(name, found)
        if found.person is None:
            raise VisitRefused("DirectAdmin knows no such session; log in again")
        return found.person

    def _ask(self, uid: int, session: str, key: str) -> Answer:
        self._spare(uid)
        try:
            person = self._question(session, key)
        except PanelBroken as error:
            raise VisitRefused(str(error)) from error
        if person is None:
            with self._guard:
                self._failed.setdefault(uid, deque(maxlen=TRIES)).append(self._clock())
        return Answer(person, self._clock())

    def _spare(self, uid: int) -> None:
        """Do not ask for somebody who has asked in vain too often.

        Raises:
            VisitRefused: that is so.
        """
        now = self._clock()
        with self._guard:
            tries = self._failed.get(uid)
            while tries and now - tries[0] > MINUTE:
                tries.popleft()
            if not tries:
                self._failed.pop(uid, None)
            elif len(tries) >= TRIES:
                raise VisitRefused("too many sessions that are none; wait a minute")

    def _turn(self, name: bytes) -> threading.Lock:
        """Whoever asks the same at the same time waits for the answer instead."""
        with self._guard:
            if len(self._asking) > REMEMBERED:
                self._asking = {n: lock for n, lock in self._asking.items() if lock.locked()}
            return self._asking.setdefault(name, threading.Lock())

    def _remembered(self, name: bytes) -> Answer | None:
        with self._guard:
            found = self._answers.get(name)
        return found if found and self._clock() - found.at < SECONDS else None

    def _remember(self, name: bytes, answer: Answer) -> None:
        with self._guard:
            self._answers[name] = answer
            self._answers.move_to_end(name)
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)

    def _uid(self, name: str) -> int | None:
        try:
            return self._host.uid(name)
        except KeyError:
            return None
