"""Tells people what has happened, in a thread of its own: the mail system may be slow, or hang.

Neither answers nor reloads nor the last writes ever wait for it. What nobody could be told of is
kept, over restarts too, and tried again for a day: a mail system that is away comes back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

import msgspec
import structlog
from msgspec import Struct

from core.daemon import kept_file
from core.errors import NoticeError
from core.settings.model import Settings
from core.store.block import Block

log = structlog.get_logger()

FIRST_PAUSE: Final = 10.0
LAST_PAUSE: Final = 3600.0
"""Seconds before the first further attempt, and at most; each pause is twice the one before."""

LONGEST: Final = 86_400.0
"""Seconds for which it is tried."""

MOST: Final = 1_000
"""News that wait; beyond them the oldest goes, as for a webhook."""


class OfAccount(Protocol):
    """What can be told: it is about an account."""

    @property
    def account(self) -> str:
        """Normalised login name."""
        ...


News = TypeVar("News", bound=OfAccount)
"""What is told: a block, or an account that looks stolen."""

Announce = Callable[[Block, Settings, Collection[str]], None]
"""Tells of a block: with the settings of its account, and who has been told of it already."""


class Waiting(Struct, Generic[News], eq=False):
    """News that people are still to be told.

    Attributes:
        news: what has happened.
        since: since when it waits, seconds since 1970.
        told: addresses that have taken it already.
        attempts: how often it was tried since the daemon started.
        due: not before then, by the clock that never jumps.
    """

    news: News
    since: float
    told: tuple[str, ...] = ()
    attempts: int = 0
    due: float = 0.0


class Teller(Generic[News]):
    """Tells of one thing after the other.

    Args:
        announce: tells people; may take long, may fail.
        report: called with what went wrong with those that wait, "" when nothing did.
        settings: what counts for an account now; called in the thread.
        path: file in which is kept what waits.
        kind: of the news, to read them back.
    """

    def __init__(
        self,
        announce: Callable[[News, Settings, Collection[str]], None],
        report: Callable[[str], None],
        settings: Callable[[str], Settings],
        path: Path,
        kind: type[News],
    ) -> None:
        self._announce = announce
        self._report = report
        self._settings = settings
        self._path = path
        # mypy knows no classes that are passed as values.
        self._decoder = msgspec.json.Decoder(list[Waiting[kind]])  # type: ignore[valid-type]
        self._waiting: list[Waiting[News]] = []
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._ending = False
        self._complaint = ""
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier daemon could not tell."""
        try:
            self._waiting = self._decoder.decode(self._path.read_bytes())
        except FileNotFoundError:
            self._waiting = []
        except (OSError, msgspec.DecodeError) as error:
            log.error("notices that waited cannot be read", why=str(error))
        for each in self._waiting:
            # Whatever was in the way may be over.
            each.attempts, each.due = 0, 0.0
        self._thread.start()

    def tell(self, news: News) -> None:
        """Have people told soon. Returns at once."""
        with self._changed:
            self._waiting.append(Waiting(news, time.time()))
            self._changed.notify()

    def hurry(self) -> None:
        """Try at once what waits: settings have changed, and an address may be right now."""
        with self._changed:
            for each in self._waiting:
                each.due = 0.0
            self._changed.notify()

    @property
    def untold(self) -> int:
        """Of how much nobody was told, or tried to be."""
        with self._changed:
            return sum(not each.attempts for each in self._waiting)

    def stop(self, timeout: float) -> int:
        """Tell of what is left; what cannot be told is kept for the next start.

        Args:
            timeout: seconds to wait.

        Returns:
            Of how much nobody has been tried to be told in time.
        """
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(timeout)
        self._keep()
        return self.untold

    def _run(self) -> None:
        while (waiting := self._next()) is not None:
            self._keep()  # before it is tried: who is killed meanwhile tells it after his start
            self._try(waiting)
            self._keep()

    def _next(self) -> Waiting[News] | None:
        """What is to be told now, as soon as there is something; None at the end."""
        with self._changed:
            while True:
                now = time.monotonic()
                # New ones do not wait for those that fail again and again.
                first = min(self._waiting, key=lambda each: each.due, default=None)
                if self._ending and (first is None or first.attempts):
                    return None
                if first is not None and first.due <= now:
                    return first
                self._changed.wait(None if first is None else first.due - now)

    def _try(self, waiting: Waiting[News]) -> None:
        try:
            settings = self._settings(waiting.news.account)
            self._announce(waiting.news, settings, waiting.told)
        except Exception as error:  # noqa: BLE001  a notice that fails must not hurt the daemon
            self._put_off(waiting, error)
        else:
            with self._changed:
                if waiting in self._waiting:
                    self._waiting.remove(waiting)
                if not any(each.attempts for each in self._waiting):
                    self._complaint = ""
        self._report(self._complaint)

    def _put_off(self, waiting: Waiting[News], error: Exception) -> None:
        said = str(error) or type(error).__name__
        if isinstance(error, NoticeError):
            waiting.told = (*waiting.told, *error.told)
        pause = min(LAST_PAUSE, FIRST_PAUSE * 2.0 ** min(waiting.attempts, 20))
        with self._changed:
            waiting.attempts += 1
            waiting.due = time.monotonic() + pause
            over = time.time() - waiting.since >= LONGEST
            lost = [waiting] if over else self._waiting[:-MOST]
            self._waiting = [each for each in self._waiting if each not in lost]
            count = sum(each.attempts > 0 for each in self._waiting)
        for each in lost:
            log.error("nobody could be told", account=each.news.account, why=said)
        rest = f"{count} kept, and tried again" if count else "given up after a day"
        self._complaint = f"{said} ({rest})"

    def _keep(self) -> None:
        """Write down what waits, if anything does."""
        with self._writing:
            with self._changed:
                text = msgspec.json.encode(self._waiting)
                is_empty = not self._waiting
            if is_empty:
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)
                return
            problem = kept_file.write(self._path, (text,), "what is to be told was not kept")
        if problem:
            log.error(problem)
