"""The tally: counts the mails of whoever keeps to his limit at once, and writes them down later.

A mail server waits for the answer, not for the event log. So the first mails of a minute are
decided and noted like every other (`core.daemon.guard`); those that follow are only counted in
their window, and whoever else must know of them is told once a second, of all of them together. So
is he of connections that got their usual answer. Refuses nothing itself: where anything is out of
the ordinary, the guard is to be asked.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from core.daemon import wire
from core.daemon.asker import ALLOWED, Answer, Asker, Seen, note_of
from core.daemon.recent import Recent
from core.engine.blocks import Blocks
from core.engine.observation import MailSeen, Observers
from core.engine.window import SendWindows
from core.store.journal import Journal, Note
from core.words import Stage

MINUTE: Final = 60.0
"""Seconds in which mails are only counted, after one of the same asker that was decided: as long as
any answer is remembered."""

AT_ONCE: Final = 100
"""Askers, and mails that have a name, that are written down before mail servers have their turn:
less than a millisecond."""

_few = wire.FEW.get


class MailTally:
    """Mails that were let through, and connections, that are not written down yet.

    Args:
        windows, blocks: the state of sending.
        messages: those that were answered lately, by `mark`.
        seen: counts what was asked, by stage.
        journal, observers: are told.
        fault: takes what went wrong in writing down, which is our own fault.
    """

    def __init__(
        self,
        windows: SendWindows,
        blocks: Blocks,
        messages: Recent[Answer],
        seen: dict[Stage, Seen],
        journal: Journal,
        observers: Observers,
        fault: Callable[[str], None],
    ) -> None:
        self._windows = windows
        self._blocked = blocks.known
        self._messages = messages
        self._seen = seen
        self._journal = journal
        self._observers = observers
        self._fault = fault
        self._askers: deque[Asker] = deque()

    def take(self, asker: Asker, occasion: tuple[bytes, ...]) -> bool:
        """Count a mail; False where it must be decided, and nothing was counted.

        Args:
            asker: who sends.
            occasion: which mail, see `core.daemon.wire.Attributes`.
        """
        window, now = asker.window, time.monotonic()
        if window is None or now >= asker.counted_until:
            return False
        _, instance, told, queue_id, _ = occasion
        recipients = _few(told)
        if recipients is None:
            return False  # more than a few, or nonsense
        cost = 1 if asker.by_mail else recipients or 1
        if cost > window.left or (self._blocked and window.account in self._blocked):
            return False
        name = instance or queue_id
        if name and not self._messages.add(mark(name, window.account), ALLOWED):
            return False
        self._windows.count(window, now, cost)
        self.owe(asker)
        asker.owed_recipients += recipients
        if queue_id:
            asker.owed_mails.append((queue_id, recipients, now))
        return True

    def owe(self, asker: Asker) -> None:
        """Count that somebody got his usual answer, which is to be written down."""
        owed = asker.owed
        if not owed:
            self._askers.append(asker)
        asker.owed = owed + 1

    def settle(self, most: int = AT_ONCE) -> bool:
        """Write down what was counted; whether more waits.

        Args:
            most: for how many askers, and how many mails that have a name, at once.
        """
        wall = time.time()
        ahead = wall - time.monotonic()
        while self._askers and most > 0:
            asker = self._askers.popleft()
            most -= 1 + len(asker.owed_mails)
            try:
                self._write_down(asker, wall, ahead)
            except Exception as error:  # noqa: BLE001  our own fault must not stop mail
                self._fault(str(error) or type(error).__name__)
            seen = self._seen[asker.request.stage]
            seen.count += asker.owed
            seen.last = wall
            asker.owed = asker.owed_recipients = 0
            if asker.owed_mails:
                asker.owed_mails = []
        return bool(self._askers)

    def settle_all(self) -> None:
        """Write everything down: somebody wants to know now."""
        while self.settle():
            pass

    def _write_down(self, asker: Asker, wall: float, ahead: float) -> None:
        facts, named, journal = asker.facts, asker.owed_mails, self._journal
        answer = asker.answer
        if facts is None or answer is None:
            return  # nobody is counted before he was looked up and answered

        def note(at: float, queue_id: str, recipients: int, count: int) -> Note:
            # Not the asker's own request: it may be about a mail that is being decided just now.
            request = replace(asker.request, queue_id=queue_id, recipients=recipients)
            return note_of(request, facts, answer.decision, at, count)

        few = asker.owed - len(named)
        recipients = asker.owed_recipients - sum(count for _, count, _ in named)
        line = asker.line
        if few and (line is None or not journal.grow(line, wall, recipients, few)):
            asker.line = journal.note(note(wall, "", recipients, few))
        ids = tuple([wire.word(queue_id) for queue_id, _, _ in named])
        if named and not journal.has_room(wall):
            journal.drop(note(wall, "", 0, len(named)))
        else:
            for (_, count, at), queue_id in zip(named, ids, strict=True):
                journal.note(note(at + ahead, queue_id, count, 1))
        if asker.sends:
            account = asker.request.account
            self._observers.tell_mail(
                MailSeen(wall, facts, account, asker.owed_recipients, ids, asker.owed)
            )


def mark(name: bytes | str, account: str) -> int:
    """What a message is remembered by.

    Args:
        name: the same in every repeated question about it, as it came or as text.
        account: who sends it.
    """
    text = name if isinstance(name, str) else name.decode("ascii", "replace")
    return hash(text) ^ hash(account)
