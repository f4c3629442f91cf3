"""What today's rules would have done with logins and mails of the past: the engine itself decides.

Nothing is imitated: the checks, the judge and the send window are those of the daemon, with the
clock of the log.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct

from core.engine.blocks import Blocks
from core.engine.checks import Question
from core.engine.decide import Decision, decide
from core.engine.judging.judge import Judge
from core.engine.judging.shield import Shield
from core.engine.observation import LoginSeen
from core.engine.policy import Snapshot
from core.engine.request import Request
from core.engine.window import SendWindows
from core.sources.facts import AddressFacts
from core.store.kinds import AFTER_PASSWORD
from core.words import Reason, Service, Stage, Verdict

REMEMBERED: Final = 100_000
"""Answers that are remembered."""

SWEEP_SECONDS: Final = 60.0


class Refused(Struct):
    """What would have been refused of one account, from one country, for one reason.

    Attributes:
        count: how often.
        first, last: when, seconds since 1970.
        evidence: the engine's line about the first of them.
    """

    count: int = 0
    first: float = 0.0
    last: float = 0.0
    evidence: str = ""


Key = tuple[Stage, str, str, Reason]
"""Stage, account, country, reason."""

Refusal = tuple[Stage, Decision] | None
"""At which stage a login would have been refused, and why; None where it passes."""


class TodaysRules:
    """Today's rules, asked about the past.

    Args:
        snapshot: the settings.
        shield: what the judge never takes for an attacker.

    Attributes:
        judge: learns from the log as it would have learned.
        logins: good logins that would have been refused.
        mails: mails that would have been refused.
        stopped: wrong passwords that nobody would have looked at, by country and reason.
        tried: wrong passwords that would have been looked at, by country.
        blocked: how often an account would have been kept from sending.
    """

    def __init__(self, snapshot: Snapshot, shield: Shield) -> None:
        self._snapshot = snapshot
        self.judge = Judge()
        self.judge.configure(snapshot.resolved.server.attack, shield)
        self.logins: dict[Key, Refused] = {}
        self.mails: dict[Key, Refused] = {}
        self.stopped: Counter[tuple[str, Reason]] = Counter()
        self.tried: Counter[str] = Counter()
        self.blocked = 0
        self._blocks = Blocks()
        self._windows = SendWindows()
        self._answers: dict[tuple[Service, str, str], Refusal] = {}
        self._swept = 0.0

    def login(self, seen: LoginSeen, attempts: int = 1) -> None:
        """A login of the log: asked about first, then learned from.

        Args:
            seen: the login.
            attempts: how many tries it stands for.
        """
        self._sweep(seen.at)
        refusal = self._refusal(seen)
        country = seen.facts.country or seen.facts.second
        before_password = refusal is not None and refusal[0] is Stage.CONNECT
        if seen.succeeded:
            if refusal is not None:
                _note(self.logins, refusal, seen.account, country, seen.at)
        elif refusal is not None and before_password:
            self.stopped[country, refusal[1].reason] += attempts
        else:
            self.tried[country] += attempts
        if not before_password:  # else nobody would know how the password check had ended
            self.judge.observe(seen)

    def _refusal(self, seen: LoginSeen) -> Refusal:
        judge = self.judge
        if judge.standing and judge.knows(seen.facts):
            return self._ask(seen)[0]
        key = (seen.service, seen.facts.address, seen.account)
        if self._blocks.holds(seen.account):
            return self._ask(seen)[0]
        if key in self._answers:
            return self._answers[key]
        refusal, lasts = self._ask(seen)
        if lasts:
            if len(self._answers) >= REMEMBERED:
                self._answers.clear()
            self._answers[key] = refusal
        return refusal

    def _ask(self, seen: LoginSeen) -> tuple[Refusal, bool]:
        """Both stages, as a mail server asks them; and whether the answer lasts."""
        lasts = True
        for stage, account in ((Stage.CONNECT, ""), (Stage.AUTH, seen.account)):
            if stage is Stage.AUTH and not account:
                break
            request = Request(stage, seen.facts.address, seen.service, account)
            request.sending = seen.service in AFTER_PASSWORD  # its hook asks, as others' cannot
            if stage is Stage.CONNECT:
                request.claimed = seen.account
            decision = decide(self._question(request, seen.facts, seen.at))
            lasts = lasts and not decision.ends
            if decision.verdict is not Verdict.ALLOW:
                return (stage, decision), lasts
        return None, lasts

    def _question(self, request: Request, facts: AddressFacts, at: float) -> Question:
        snapshot = self._snapshot
        connects = request.stage is Stage.CONNECT
        policy = snapshot.server if connects else snapshot.policy(request.account)
        return Question(
            request,
            facts,
            snapshot,
            policy,
            self._blocks,
            self._windows,
            at,
            at,
            judge=self.judge,
        )

    def mail(self, at: float, facts: AddressFacts, account: str, recipients: int) -> None:
        """A mail of the log.

        Args:
            at: seconds since 1970.
            facts: the client's address.
            account: who sent it.
            recipients: to how many.
        """
        request = Request(Stage.SEND, facts.address, account=account, recipients=recipients)
        request.sending = True
        question = self._question(request, facts, at)
        decision = decide(question)
        if question.new_block is not None:
            self.blocked += 1
        if decision.verdict is not Verdict.ALLOW:
            country = facts.country or facts.second
            _note(self.mails, (Stage.SEND, decision), account, country, at)

    def _sweep(self, at: float) -> None:
        if at - self._swept >= SWEEP_SECONDS:
            self._swept = at
            self.judge.expire(at)
            self._windows.sweep(at, self._snapshot.resolved.longest_window)


def _note(
    found: dict[Key, Refused],
    refusal: tuple[Stage, Decision],
    account: str,
    country: str,
    at: float,
) -> None:
    stage, decision = refusal
    key = (stage, account, country, decision.reason)
    line = found.get(key)
    if line is None:
        found[key] = Refused(1, at, at, decision.evidence)
        return
    line.count += 1
    line.first, line.last = min(line.first, at), max(line.last, at)
