"""Asks the checks in order. The same code decides for the mail server and explains to people."""

from __future__ import annotations

import traceback

from msgspec import Struct

from core.engine.checks import CHECKS, Check, Opinion, Question
from core.words import Reason, Stage, Verdict


class Decision(Struct, frozen=True):
    """The answer, and why.

    Attributes:
        verdict, reason: the answer and its stable code.
        check: name of the check that decided, "" when none had an opinion.
        evidence: one line for people.
        would: reason for which a watching check would have refused, "" otherwise.
        would_evidence: that check's line.
        fault: traceback of a check that failed; the request was allowed because of it.
        ends: seconds since 1970 from which on it may be another, 0 when nothing in it ends by
            itself; a decision that ends must not be remembered.
    """

    verdict: Verdict
    reason: Reason
    check: str = ""
    evidence: str = ""
    would: str = ""
    would_evidence: str = ""
    fault: str = ""
    ends: float = 0


class Step(Struct, frozen=True):
    """One check's part in a decision, for `explain`."""

    check: str
    opinion: Opinion | None


NOTHING_AGAINST = Decision(Verdict.ALLOW, Reason.NOTHING_AGAINST)
CONNECT_OFF = Decision(
    Verdict.ALLOW, Reason.NOTHING_AGAINST, evidence="the check before the password is switched off"
)


def decide(question: Question, trace: list[Step] | None = None) -> Decision:
    """Ask every check in order until one decides.

    A check that fails is our own fault, and our faults refuse nobody: the request is allowed with
    reason `fault`.

    Args:
        question: what is asked.
        trace: receives a step for every check that was asked.
    """
    stage = question.request.stage
    if stage is Stage.CONNECT and not question.snapshot.connect_enabled:
        return CONNECT_OFF
    watching: tuple[Check, Opinion] | None = None
    for check in CHECKS[stage]:
        try:
            opinion = check(question)
        except Exception:  # noqa: BLE001  whatever is wrong with a check must not stop mail
            return Decision(
                Verdict.ALLOW, Reason.FAULT, check.__name__, fault=traceback.format_exc()
            )
        if trace is not None:
            trace.append(Step(check.__name__, opinion))
        if opinion is None:
            continue
        if not opinion.watches:
            return _decision(check, opinion, watching)
        watching = watching or (check, opinion)
    return NOTHING_AGAINST if watching is None else _decision(None, None, watching)


def _decision(
    check: Check | None, opinion: Opinion | None, watching: tuple[Check, Opinion] | None
) -> Decision:
    would = watching[1] if watching is not None else None
    return Decision(
        verdict=opinion.verdict if opinion else Verdict.ALLOW,
        reason=opinion.reason if opinion else Reason.NOTHING_AGAINST,
        check=check.__name__ if check else "",
        evidence=opinion.evidence if opinion else "",
        would=would.reason if would else "",
        would_evidence=would.evidence if would else "",
        ends=opinion.ends if opinion else 0,
    )
