"""The guard: everything a door needs to answer one question, and nothing about doors.

Holds the present settings, sources, blocks and windows, asks the engine, and notes the verdict.
Runs in one thread. The only wait it ever asks for is a new block that is not durable yet.
"""

from __future__ import annotations

import time
from asyncio import Future
from collections import deque
from collections.abc import Callable
from sys import intern

import structlog
from msgspec import Struct

from core.engine import refusal
from core.engine.blocks import Blocks
from core.engine.checks import Question
from core.engine.decide import NOTHING_AGAINST, Decision, decide
from core.engine.policy import Policy, Snapshot
from core.engine.request import Request
from core.engine.window import SendWindows
from core.settings.account import domain_of
from core.sources.facts import AddressFacts
from core.sources.sources import Sources
from core.store.block import Block
from core.store.journal import Journal, Note
from core.words import Reason, Service, Stage, Verdict

log = structlog.get_logger()

REMEMBERED = 20_000
"""Sessions and messages that are recognised when they are asked about again."""

_CONNECT, _SEND, _ALLOW = Stage.CONNECT, Stage.SEND, Verdict.ALLOW
"""Needed by every request, and slow to look up in their classes before Python 3.12."""

VISIT = 300.0
"""Seconds in which a login follows its connection: smtpd waits no longer for a command."""


class Answer(Struct, frozen=True):
    """What a door sends: the decision, the refusal's text, and a block to wait for, if any."""

    decision: Decision
    text: str = ""
    durable: Future[None] | None = None


ALLOWED = Answer(NOTHING_AGAINST)
"""The usual answer."""


class Known(Struct, frozen=True):
    """An answer and the facts it rests on."""

    answer: Answer
    facts: AddressFacts


class Seen:
    """How often a stage was asked, and when last (seconds since 1970, 0 for never)."""

    __slots__ = ("count", "last")

    def __init__(self) -> None:
        self.count = 0
        self.last = 0.0


class Recent:
    """The keys seen last, oldest forgotten first."""

    __slots__ = ("_seen", "_size")

    def __init__(self, size: int) -> None:
        self._seen: dict[int, Answer | None] = {}
        self._size = size

    def get(self, key: int) -> Answer | None:
        """What was remembered for the key."""
        return self._seen.get(key)

    def __contains__(self, key: int) -> bool:
        """Whether the key is remembered."""
        return key in self._seen

    def add(self, key: int, answer: Answer | None = None) -> bool:
        """Remember a key; False when it was there already."""
        if key in self._seen:
            return False
        if len(self._seen) >= self._size:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = answer
        return True


def note_of(request: Request, facts: AddressFacts, decision: Decision, at: float) -> Note:
    """What the journal is told of a decision that fell at that time (seconds since 1970)."""
    return Note(
        at,
        request.stage,
        request.service,
        decision.verdict,
        decision.reason,
        decision.check,
        facts.address,
        facts.country or facts.second,
        facts.asn,
        request.account,
        intern(domain_of(request.account)),
        decision.would,
        request.queue_id,
        request.recipients,
        decision.evidence or decision.would_evidence,
    )


class Guard:
    """Answers questions.

    Args:
        snapshot: the settings.
        sources: what is known about addresses.
        journal: takes the verdicts.
        keep: makes a new block durable; the future is done when it is.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        sources: Sources,
        journal: Journal,
        keep: Callable[[Block], Future[None]],
    ) -> None:
        self.snapshot = snapshot
        self.sources = sources
        self.journal = journal
        self.blocks = Blocks()
        self.windows = SendWindows()
        self.faults = 0
        self.last_fault = ""
        self.seen = {stage: Seen() for stage in Stage}
        self._known: dict[tuple[Stage, str, str], Known] = {}
        self.knocks: deque[str] = deque(maxlen=4096)
        self._keep = keep
        self._pending: dict[str, Future[None]] = {}
        self._sessions = Recent(REMEMBERED)
        self._messages = Recent(REMEMBERED)

    def ask(self, request: Request) -> Answer:
        """Answer one question. Never raises: our own fault is an allowed request."""
        wall = time.time()
        seen = self.seen[request.stage]
        seen.count += 1
        seen.last = wall
        try:
            if request.stage is _SEND:
                return self._answer_message(request, wall)
            return self._answer_login(request, wall)
        except Exception as error:  # noqa: BLE001  our own fault must not stop mail
            self._fault(str(error) or type(error).__name__)
            return Answer(Decision(Verdict.ALLOW, Reason.FAULT))

    def _answer_login(self, request: Request, wall: float) -> Answer:
        """Logins of one address and account get the same answer until something changes."""
        if request.stage is _CONNECT:
            self.knocks.append(request.session)
        key = (request.stage, request.address, request.account)
        blocked = self.blocks.holds(request.account)
        known = None if blocked else self._known.get(key)
        if known is None:
            known = self._decide(request, wall)
            decision = known.answer.decision
            lasts = not (blocked or decision.fault or decision.ends)
            if lasts and len(self._known) < REMEMBERED:
                self._known[key] = known
        if self._is_news(request, known.answer.decision, wall):
            self._note(request, known, wall)
        return known.answer

    def _is_news(self, request: Request, decision: Decision, wall: float) -> bool:
        """One event for each stage of a session, however often the mail server asks."""
        if decision.would and request.stage is _CONNECT:
            return self._is_new_visit(request, wall)
        if request.quiet:
            return decision.verdict is not _ALLOW or bool(decision.would)
        if request.stage is _CONNECT:
            return True
        return self._sessions.add(hash((request.session, request.account, decision.reason)))

    def _is_new_visit(self, request: Request, wall: float) -> bool:
        """Whether a watched connection is not noted yet.

        A login for sending comes through Dovecot, who does not know the port and asks again what
        the mail server's own hook has asked at 587 and 465, but not at 25.
        """
        visit = int(wall // VISIT)
        if request.quiet and request.service is Service.SMTP:
            return not any(hash((request.address, v)) in self._sessions for v in (visit, visit - 1))
        self._sessions.add(hash((request.address, visit)))
        return True

    def _answer_message(self, request: Request, wall: float) -> Answer:
        """A question about a message that was answered gets the same answer, and counts nothing."""
        message = hash((request.message, request.account)) if request.message else 0
        earlier = self._messages.get(message) if message else None
        if earlier is not None:
            return earlier
        known = self._decide(request, wall)
        self._note(request, known, wall)
        if message:
            self._messages.add(message, known.answer)
        return known.answer

    def _decide(self, request: Request, wall: float) -> Known:
        facts = self.sources.look(request.address)
        snapshot = self.snapshot
        policy = snapshot.server if request.stage is _CONNECT else snapshot.policy(request.account)
        question = Question(
            request, facts, snapshot, policy, self.blocks, self.windows, time.monotonic(), wall
        )
        decision = decide(question)
        if decision.fault:
            self._fault(decision.fault)
        if question.new_block is not None:
            self._begin(question.new_block)
        return Known(self._worded(decision, request, facts, policy), facts)

    def _worded(
        self, decision: Decision, request: Request, facts: AddressFacts, policy: Policy
    ) -> Answer:
        if decision is NOTHING_AGAINST:
            return ALLOWED
        if decision.verdict is _ALLOW:
            return Answer(decision)
        until, durable = 0.0, None
        if decision.reason in (Reason.SEND_LIMIT, Reason.ACCOUNT_BLOCKED):
            block = self.blocks.find(request.account, 0)
            until = block.until if block is not None else 0.0
            durable = self._pending.get(request.account)
        return Answer(decision, refusal.text(decision, request, facts, policy, until), durable)

    def _begin(self, block: Block) -> None:
        pending = self._keep(block)
        self._pending[block.account] = pending
        pending.add_done_callback(lambda _: self._is_durable(block.account, pending))

    def _is_durable(self, account: str, pending: Future[None]) -> None:
        if self._pending.get(account) is pending:  # released and blocked again, it may be another
            del self._pending[account]

    def _note(self, request: Request, known: Known, wall: float) -> None:
        facts, decision = known.facts, known.answer.decision
        key = (
            request.stage,
            decision.reason,
            request.service,
            facts.address,
            request.account,
            decision.would,
            request.queue_id,
        )
        if self.journal.again(key, wall, request.recipients):
            return
        self.journal.note(note_of(request, facts, decision, wall))

    def forget_sessions(self) -> None:
        """Let an address and port that come again after a long time be a new session."""
        self._sessions = Recent(REMEMBERED)

    def forget(self) -> None:
        """Decide everything anew: settings or data have changed, or an exemption may have ended."""
        self._known.clear()

    def report(self, request: Request, succeeded: bool) -> None:
        """Note how a password check ended (Dovecot's report; not for our own refusals)."""
        facts = self.sources.look(request.address)
        self.journal.note(
            Note(
                time.time(),
                Stage.AUTH,
                request.service,
                _ALLOW,
                Reason.LOGIN_OK if succeeded else Reason.LOGIN_FAILED,
                "",
                facts.address,
                facts.country or facts.second,
                facts.asn,
                request.account,
                domain_of(request.account),
            )
        )

    def release(self, account: str) -> Block | None:
        """End a block, and forget what the account has sent so that it starts afresh."""
        self.windows.forget(account)
        return self.blocks.release(account)

    def _fault(self, text: str) -> None:
        self.faults += 1
        self.last_fault = text
        if self.faults & (self.faults - 1) == 0:  # the 1st, 2nd, 4th, 8th ...: never a log storm
            log.error("a check failed; the request was allowed", count=self.faults, fault=text)
