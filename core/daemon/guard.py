"""The guard: everything a door needs to answer one question, and nothing about doors.

Holds the present settings, sources, blocks and windows, asks the engine, and notes the verdict.
Runs in one thread. The only wait it ever asks for is a new block that is not durable yet.
"""

from __future__ import annotations

import time
from asyncio import Future
from collections import deque
from collections.abc import Callable, Hashable

import structlog
from msgspec.structs import replace

from core.daemon import mail_tally, ruling, witness
from core.daemon.asker import ALLOWED, Answer, Asker, Seen, Session, note_of
from core.daemon.mail_tally import MailTally
from core.daemon.pending import Pending
from core.daemon.recent import Recent
from core.daemon.sessions import Sessions
from core.engine.account_table import AccountTable
from core.engine.blocks import Blocks
from core.engine.decide import Decision
from core.engine.inquiry import may_be_asked_about, tries_to_log_in
from core.engine.judging.judge import Judge
from core.engine.mail_limit import is_within_limit, limit_of
from core.engine.observation import Observers
from core.engine.policy import Snapshot
from core.engine.request import Request
from core.engine.window import SendWindows
from core.settings.sending import Send
from core.sources.facts import AddressFacts
from core.sources.listings import Listings
from core.sources.sources import Sources
from core.store.block import Block
from core.store.journal import Journal
from core.words import Reason, Stage, Verdict

log = structlog.get_logger()

REMEMBERED = 20_000
"""Messages that are recognised when they are asked about again."""

ASKERS = 10_000
"""Questions that are remembered with their answer: some 600 bytes each."""

_CONNECT, _SEND, _ALLOW = Stage.CONNECT, Stage.SEND, Verdict.ALLOW
"""Needed by every request, and slow to look up in their classes before Python 3.12."""


class Guard:
    """Answers questions.

    Args:
        snapshot: the settings.
        sources: what is known about addresses.
        journal: takes the verdicts.
        keep: makes a new block durable; the future is done when it is.

    Attributes:
        accounts: what is kept of all accounts: in the first column their send windows, in the
            others from where they log in, and what they sent within about an hour.
        askers: who has asked since settings or data have changed, by the key given to `meet`.
        dovecot: when Dovecot asked last, by protocol, in seconds since 1970.
        pending: the blocks that are not durable yet.
        generation: grows when an attacker, or an entry of a list, has come or gone: one number to
            compare for each answer that is remembered.
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
        self.accounts = AccountTable(columns=3)
        self.windows = SendWindows(self.accounts.columns[0])
        self.generation = 0
        self.judge = Judge(changed=self._change)
        self.listings = Listings(self._change)
        self.observers = Observers()
        self.dovecot: dict[str, float] = {}
        self.faults = 0
        self.last_fault = ""
        self.seen = {stage: Seen() for stage in Stage}
        self._connects, self._logins, self._mails = (
            self.seen[stage] for stage in (Stage.CONNECT, Stage.AUTH, Stage.SEND)
        )
        self.askers: dict[Hashable, Asker] = {}
        self._met = Recent[None](2 * ASKERS)
        self.knocks: deque[Session] = deque(maxlen=4096)
        self.pending = Pending(keep)
        self.sessions = Sessions()
        self._messages = Recent[Answer](REMEMBERED)
        self.tally = MailTally(
            self.windows,
            self.blocks,
            self._messages,
            self.seen,
            journal,
            self.observers,
            self.fault,
        )

    def _change(self) -> None:
        self.generation += 1

    def look(self, address: str) -> AddressFacts:
        """What is known about an address, with the lists that change by the minute."""
        facts = self.sources.look(address)
        listed = self.listings.hits(facts)
        return replace(facts, hits=facts.hits + listed) if listed else facts

    def have_asked(self, facts: AddressFacts, account: str, wall: float) -> None:
        """Let lists be asked about somebody who logs in, if it is any business of theirs."""
        if may_be_asked_about(facts, account, self.snapshot, wall):
            self.listings.want(facts)

    def ask(self, request: Request) -> Answer:
        """Answer one question. Never raises: our own fault is an allowed request."""
        account = request.account or request.claimed
        key = (request.stage, request.address, request.service, account, request.quiet)
        asker = self.askers.get(key) or self.meet(key, request)
        if asker.sends:
            return self.answer_message(asker, request)
        return self.answer_login(asker, request.session, request.queue_id)

    def meet(self, key: Hashable, request: Request) -> Asker:
        """Remember who asks, if it is not for the first time; in a flood nobody asks twice.

        Args:
            key: the same for equal questions only.
            request: what is asked.
        """
        asker = Asker(request, request.stage is _SEND)
        if not self._met.add(hash(key)):
            if len(self.askers) >= ASKERS:
                self.forget()
            self.askers[key] = asker
        return asker

    def answer_login(self, asker: Asker, session: Session, queue_id: str = "") -> Answer:
        """Answer a question about a connection or a login; otherwise as `ask`.

        Args:
            asker: who asks; he gets the same answer until something changes.
            session: names the connection, together with the address.
            queue_id: the mail server's id of the message, "" before it has one.
        """
        answer = asker.answer
        # What most connections come to, without a look at anything that is not at hand.
        if (
            asker.plain
            and asker.generation == self.generation
            and answer is not None
            and not queue_id
        ):
            self.knocks.append(session)
            self.tally.owe(asker)
            return answer
        return self._answer_login(asker, session, queue_id, time.time())

    def _see(self, seen: Seen, wall: float) -> None:
        seen.count += 1
        seen.last = wall

    def _answer_login(self, asker: Asker, session: Session, queue_id: str, wall: float) -> Answer:
        request = asker.request
        connects = request.stage is _CONNECT
        self._see(self._connects if connects else self._logins, wall)
        try:
            if connects:
                self.knocks.append(session)
            answer = asker.answer
            if (
                answer is None
                or (self.blocks.known and self.blocks.holds(request.account))
                or (asker.generation != self.generation and self._is_judged_anew(asker, wall))
            ):
                asker.session = None
                answer = self._decide_login(asker, wall)
            elif session == asker.session:
                return answer  # it is noted, and the same was asked for another recipient
            if self.sessions.is_news(asker, session, answer.decision, wall):
                request.queue_id = queue_id
                self._note(asker, request, answer, wall)
                if not (connects or request.quiet):
                    witness.login(self.observers, asker, answer.decision, wall)
            return answer
        except Exception as error:  # noqa: BLE001  our own fault must not stop mail
            return self._excuse(error)

    def _decide_login(self, asker: Asker, wall: float) -> Answer:
        if asker.owed:
            self.tally.settle_all()  # what is owed got the answer that was
        request = asker.request
        facts = self.sources.look(request.address)
        self._judge(asker, facts, wall)
        if asker.listed:
            facts = replace(facts, hits=facts.hits + asker.listed)
        asker.facts = facts
        if self.listings.asks and tries_to_log_in(request):
            self.have_asked(facts, request.account, wall)
        answer = self._decide(request, facts, wall)
        lasts = not (answer.decision.fault or answer.decision.ends)
        usual = lasts and not self.blocks.holds(request.account)
        asker.answer, asker.line, asker.reply = answer if usual else None, None, b""
        connects = request.stage is _CONNECT and not request.quiet
        asker.plain = connects and usual and not answer.decision.would
        return answer

    def _judge(self, asker: Asker, facts: AddressFacts, wall: float) -> None:
        request, judge = asker.request, self.judge
        asker.generation = self.generation
        asker.listed = self.listings.hits(facts)
        asker.attacker = judge.against(facts, request.account or request.claimed, wall)

    def _is_judged_anew(self, asker: Asker, wall: float) -> bool:
        """Whether an attacker that came or went concerns who asks: most concern somebody else."""
        before, listed = asker.attacker, asker.listed
        if asker.facts is not None:
            self._judge(asker, asker.facts, wall)
        return asker.attacker is not before or asker.listed != listed

    def answer_message(self, asker: Asker, request: Request) -> Answer:
        """Answer a question about a message; otherwise as `ask`.

        A message that was answered gets the same answer, and counts nothing.
        """
        wall = time.time()
        self._see(self._mails, wall)
        try:
            message = mail_tally.mark(request.message, request.account) if request.message else 0
            earlier = self._messages.get(message) if message else None
            if earlier is not None:
                return earlier
            facts = asker.facts
            if facts is None:
                facts = asker.facts = self.sources.look(request.address)
            send = asker.send
            if send is not None and is_within_limit(
                request, send, self.blocks, self.windows, time.monotonic()
            ):
                answer = ALLOWED
                self._expect_more(asker, send)
            else:
                answer = self._decide_message(asker, request, facts, wall)
                if answer is not ALLOWED:
                    self.tally.settle_all()  # what was sent before stands in the log before
            self._note(asker, request, answer, wall)
            if message:
                self._messages.add(message, answer)
            if answer is ALLOWED or answer.decision.verdict is _ALLOW:
                witness.mail(self.observers, asker, facts, request, wall)
            return answer
        except Exception as error:  # noqa: BLE001  our own fault must not stop mail
            return self._excuse(error)

    def _expect_more(self, asker: Asker, send: Send) -> None:
        """Whoever sends a second mail will send a third: it may be counted first."""
        asker.counted_until = time.monotonic() + mail_tally.MINUTE
        asker.by_mail = send.unit == "messages"
        asker.window = self.windows.open(asker.request.account)

    def _decide_message(
        self, asker: Asker, request: Request, facts: AddressFacts, wall: float
    ) -> Answer:
        answer = self._decide(request, facts, wall)
        asker.send = None
        if answer is ALLOWED:
            asker.answer = ALLOWED
            asker.send = limit_of(request, self.snapshot)
        return answer

    def _excuse(self, error: Exception) -> Answer:
        self.fault(str(error) or type(error).__name__)
        return Answer(Decision(Verdict.ALLOW, Reason.FAULT))

    def _decide(self, request: Request, facts: AddressFacts, wall: float) -> Answer:
        return ruling.rule(self, request, facts, wall)

    def block(self, block: Block) -> Future[None]:
        """Keep an account from sending, from now on.

        Returns:
            A future that is done when the block would survive a crash.
        """
        self.tally.settle_all()
        self.blocks.add(block, time.monotonic() + block.remaining(time.time()))
        return self.pending.begin(block)

    def _note(self, asker: Asker, request: Request, answer: Answer, wall: float) -> None:
        usual = answer is asker.answer and not request.queue_id
        line = asker.line
        if usual and line is not None and self.journal.grow(line, wall, request.recipients):
            return
        facts = asker.facts or self.sources.look(request.address)
        line = self.journal.note(note_of(request, facts, answer.decision, wall))
        if usual:
            asker.line = line

    def forget(self) -> None:
        """Decide everything anew: settings or data have changed, or an exemption may have ended."""
        self.askers.clear()
        self.windows.close()

    def suspects(self, address: str) -> bool:
        """Whether it matters to the judge whose password an address is about to try."""
        judge = self.judge
        return bool(judge.standing) and judge.knows(self.sources.look(address))

    def report(self, request: Request, succeeded: bool, attempt: str = "") -> None:
        """Note how a password check ended; not for our own refusals.

        Args:
            request: the question that the check was about.
            succeeded: the password was right.
            attempt: see `core.engine.observation.LoginSeen`.
        """
        facts = self.sources.look(request.address)
        witness.password(self.observers, self.journal, request, facts, succeeded, attempt)

    def release(self, account: str) -> Block | None:
        """End a block, and forget what the account has sent so that it starts afresh."""
        self.windows.forget(account)
        return self.blocks.release(account)

    def fault(self, text: str) -> None:
        """Count a fault of our own, and complain of it now and then."""
        self.faults += 1
        self.last_fault = text
        if self.faults & (self.faults - 1) == 0:  # the 1st, 2nd, 4th, 8th ...: never a log storm
            log.error("a check failed; the request was allowed", count=self.faults, fault=text)
