"""Rules on one question: puts it to the engine, begins the block that follows, words the refusal.

What is remembered of who asks, and what is noted, is the guard's business.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.daemon.asker import ALLOWED, Answer
from core.engine import refusal
from core.engine.checks import Question
from core.engine.decide import NOTHING_AGAINST, Decision, decide
from core.engine.policy import Policy
from core.engine.request import Request
from core.sources.facts import AddressFacts
from core.words import BLOCKED_REASONS, Reason, Stage, Verdict

if TYPE_CHECKING:
    from core.daemon.guard import Guard


def rule(guard: Guard, request: Request, facts: AddressFacts, wall: float) -> Answer:
    """Decide a question, with all that follows.

    Args:
        guard: has the settings, the blocks, the windows and the judge.
        request: the question.
        facts: what is known about the address.
        wall: seconds since 1970.
    """
    snapshot = guard.snapshot
    connects = request.stage is Stage.CONNECT
    policy = snapshot.server if connects else snapshot.policy(request.account)
    question = Question(
        request,
        facts,
        snapshot,
        policy,
        guard.blocks,
        guard.windows,
        time.monotonic(),
        wall,
        judge=guard.judge,
    )
    decision = decide(question)
    if decision.fault:
        guard.fault(decision.fault)
    if question.new_block is not None:
        guard.pending.begin(question.new_block)
    return _worded(guard, decision, request, facts, policy)


def _worded(
    guard: Guard, decision: Decision, request: Request, facts: AddressFacts, policy: Policy
) -> Answer:
    if decision is NOTHING_AGAINST:
        return ALLOWED
    if decision.verdict is Verdict.ALLOW:
        return Answer(decision)
    until, durable = 0.0, None
    if decision.reason in BLOCKED_REASONS:
        block = guard.blocks.find(request.account, 0)
        until = block.until if block is not None else 0.0
        durable = guard.pending.find(request.account)
    elif decision.reason is Reason.ATTACKER_SEEN:
        named = request.account or request.claimed
        entry = guard.judge.against(facts, named, time.time())
        until = entry.until if entry is not None else 0.0
    return Answer(decision, refusal.text(decision, request, facts, policy, until), durable)
