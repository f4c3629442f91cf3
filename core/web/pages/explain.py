"""Why an address and an account are refused or let pass: the whole way of a decision, drawn.

Asks the daemon; while it is down, the same is worked out here from the disk, and the page says so.
"""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, make_response, render_template, request
from flask_babel import gettext
from msgspec import Struct
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from core.desk.decision import AWAY, Decided, decide_here, decided
from core.desk.desk import Desk
from core.engine import refusal
from core.engine.explain import Explanation, StagePath
from core.errors import ControlError
from core.labels import EXPLANATIONS, NETWORK_KINDS, SERVICES, SIGNALS, STAGES
from core.net.addresses import parse
from core.settings.account import domain_of
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.credits import data_sources
from core.web.drawings.decision_path import Outcome, decision_path
from core.web.pages.explain_asked import Asked, ports
from core.web.pages.explain_remedy import remedies
from core.web.pages.explain_rules import rule_lines
from core.web.pages.explain_way import Way, outcome_of
from core.web.parts import parts
from core.web.visitor import visitor
from core.words import Reason, SignalKind, Stage, Verdict

bp = Blueprint("explain", __name__, url_prefix="/explain")


class Outlook(Struct, frozen=True):
    """The answer in a sentence.

    Attributes:
        tone: of the card: good, warn or bad.
        title: what happens.
        why: why, and what to do.
        text: what the client reads, "" when it reads nothing.
    """

    tone: str
    title: str
    why: str
    text: str = ""


@bp.get("")
@allow(ADMIN)
def show() -> str:
    """The page."""
    asked = Asked.read(request.args)
    answer = _answer(asked) if asked.is_complete else {}
    return render_template(
        "pages/explain.html",
        asked=asked,
        ports=ports(asked),
        own=own_address(),
        **answer,
    )


@bp.get("/explanation.json")
@allow(ADMIN)
def download() -> Response:
    """The explanation as a document, to keep or to send to whoever helps."""
    asked = Asked.read(request.args)
    if not asked.is_complete:
        raise BadRequest
    found = _decided(parts().desk(visitor().who), asked)
    document = {
        "verdict": found.explanation.verdict,
        "decided_by": found.by,
        "notes": list(found.notes),
        **msgspec.to_builtins(found.explanation),
    }
    answer = make_response(msgspec.json.format(msgspec.json.encode(document), indent=2))
    answer.headers["Content-Type"] = "application/json"
    answer.headers["Content-Disposition"] = 'attachment; filename="mailward-explanation.json"'
    return answer


def own_address() -> str:
    """The address that the visitor comes from, "" where only the panel knows it."""
    claim = visitor().claim
    address = claim.address if claim is not None else request.remote_addr or ""
    found = parse(address)
    return found.text if found else ""


def _decided(desk: Desk, asked: Asked) -> Decided:
    try:
        return decided(desk, asked.address, asked.account, asked.number)
    except ControlError as error:
        rules = desk.rules().resolved
        found = decide_here(
            desk.config,
            rules,
            asked.address,
            asked.account,
            asked.number,
            parts().situation().gate.off(),
            desk.store if desk.has_store else None,
        )
        return Decided(found.explanation, found.by, (said(error), *found.notes[1:]))


def _answer(asked: Asked) -> dict[str, Any]:
    desk = parts().desk(visitor().who)
    found = _decided(desk, asked)
    explanation, rules = found.explanation, desk.rules()
    domain = domain_of(explanation.account)
    return {
        "explanation": explanation,
        "facts": explanation.facts,
        "service": gettext(SERVICES[explanation.service]),
        "outlook": _outlook(explanation),
        "way": decision_path(
            gettext("The way of this client"), Way(explanation, rules.resolved).stages()
        ),
        "remedies": remedies(explanation),
        "signals": [(signal, _signal(signal.kind)) for signal in explanation.signals],
        "rules": rule_lines(rules.resolved, explanation.account),
        "left_out": rules.left_out,
        "is_away": found.by != "daemon",
        "notes": [note for note in found.notes if note != AWAY],
        "kinds": {kind: gettext(said) for kind, said in NETWORK_KINDS.items()},
        "sources": data_sources(),
        "strange_domain": domain if domain and domain not in _domains() else "",
    }


def _signal(kind: str) -> str:
    try:
        return str(gettext(SIGNALS[SignalKind(kind)]))
    except ValueError:  # another version knew more
        return kind


def _domains() -> frozenset[str]:
    return frozenset(parts().directory.all())


def _outlook(explanation: Explanation) -> Outlook:
    watched = None
    for path in explanation.stages:
        if path.decision.verdict is not Verdict.ALLOW:
            return Outlook(
                "bad",
                _refused(path),
                _why(path),
                f"{refusal.status(path.decision)} {path.text}",
            )
        if outcome_of(path.decision) is Outcome.WATCH:
            watched = watched or path
    if watched is not None:
        return Outlook(
            "warn",
            gettext("Allowed, but a rule that only watches would refuse"),
            gettext("Once that rule refuses instead of watching, this client is refused."),
        )
    if not explanation.stages:
        return Outlook(
            "good",
            gettext("Allowed"),
            gettext(
                "Other mail servers deliver mail at this port: nobody is refused there who has "
                "not logged in."
            ),
        )
    reasons = (path.decision.reason for path in explanation.stages)
    decisive = (each for each in reasons if each is not Reason.NOTHING_AGAINST)
    why = EXPLANATIONS[next(decisive, Reason.NOTHING_AGAINST)]
    return Outlook("good", gettext("Allowed"), gettext(why))


def _refused(path: StagePath) -> str:
    stage = gettext(STAGES[path.stage])
    if path.decision.verdict is Verdict.DEFER:
        return str(gettext("Refused for now: %(stage)s", stage=stage))
    return str(gettext("Refused: %(stage)s", stage=stage))


def _why(path: StagePath) -> str:
    why = str(gettext(EXPLANATIONS[path.decision.reason]))
    if path.stage is not Stage.CONNECT:
        return why
    more = gettext(
        "Before the password the account is not known yet, so nothing that is set for a domain or "
        "a mailbox can help."
    )
    return f"{why} {more}"
