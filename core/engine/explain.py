"""The whole decision path for one address, account and port: the answer to "why was I refused?".

Asks the same checks as the mail server does, counts nothing, and adds what each setting's scope is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from msgspec import Struct

from core.engine import refusal
from core.engine.blocks import Blocks
from core.engine.checks import Question
from core.engine.decide import Decision, Step, decide
from core.engine.judging.judge import Judge
from core.engine.policy import Snapshot
from core.engine.request import Request
from core.engine.window import SendWindows
from core.licence.feature import Feature
from core.net.countries import name
from core.settings.account import domain_of
from core.settings.scope import SERVER_SCOPE, Scope
from core.sources.facts import AddressFacts
from core.store.signal import NotedSignal
from core.words import (
    SERVICE_OF_PORT,
    SUBMISSION_SERVICES,
    NetworkKind,
    Reason,
    Service,
    Stage,
    Verdict,
)


class StagePath(Struct, frozen=True):
    """One stage: what was asked, in which order, and what came of it."""

    stage: Stage
    decision: Decision
    steps: tuple[Step, ...]
    text: str
    note: str = ""


class Explanation(Struct, frozen=True):
    """Everything `explain` knows.

    `signals` are those of the account that make it look stolen and that nobody has closed.
    """

    address: str
    account: str
    service: Service
    facts: AddressFacts
    stages: tuple[StagePath, ...]
    origins: dict[str, str]
    signals: tuple[NotedSignal, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The first refusal decides; without one the client gets through."""
        for path in self.stages:
            if path.decision.verdict is not Verdict.ALLOW:
                return path.decision.verdict
        return Verdict.ALLOW


class State(Struct):
    """What a decision depends on besides the request."""

    snapshot: Snapshot
    blocks: Blocks
    windows: SendWindows
    now: float
    wall: float
    judge: Judge | None = None
    signals: tuple[NotedSignal, ...] = ()


def explain(facts: AddressFacts, account: str, port: int, state: State) -> Explanation:
    """Follow a client through all stages.

    Args:
        facts: what the sources know about the address.
        account: normalised login name, "" for a client that has not logged in.
        port: the port it connects to.
        state: settings, blocks, windows and attackers.
    """
    service = SERVICE_OF_PORT.get(port, Service.UNKNOWN)
    stages = []
    for stage in _stages(service, account):
        request = Request(
            stage=stage,
            address=facts.address,
            service=service,
            account="" if stage is Stage.CONNECT else account,
            sending=stage is not Stage.CONNECT and _sends(service),
            recipients=1 if stage is Stage.SEND else 0,
            # Postfix's own hook asks before anybody has said a name; Dovecot's knows it.
            claimed=account if stage is Stage.CONNECT and not _sends(service) else "",
        )
        stages.append(_follow(request, facts, state))
    return Explanation(
        address=facts.address,
        account=account,
        service=service,
        facts=facts,
        stages=tuple(stages),
        origins=_origins(state.snapshot, account),
        signals=state.signals,
    )


def _sends(service: Service) -> bool:
    return service in SUBMISSION_SERVICES or service is Service.SMTP


def _stages(service: Service, account: str) -> Iterator[Stage]:
    if service is not Service.SMTP:
        yield Stage.CONNECT
    if account:
        yield Stage.AUTH
        if _sends(service):
            yield Stage.SEND


def _follow(request: Request, facts: AddressFacts, state: State) -> StagePath:
    snapshot = state.snapshot
    policy = snapshot.server if request.stage is Stage.CONNECT else snapshot.policy(request.account)
    question = Question(
        request=request,
        facts=facts,
        snapshot=snapshot,
        policy=policy,
        blocks=state.blocks,
        windows=state.windows,
        now=state.now,
        wall=state.wall,
        dry=True,
        judge=state.judge,
    )
    steps: list[Step] = []
    decision = decide(question, steps)
    text = ""
    if decision.verdict is not Verdict.ALLOW:
        text = refusal.text(decision, request, facts, policy, _until(request, facts, state))
        if _sends(request.service):
            text = refusal.plain(text)
    return StagePath(
        stage=request.stage,
        decision=decision,
        steps=tuple(steps),
        text=text,
        note=_note(request, decision, snapshot),
    )


def _until(request: Request, facts: AddressFacts, state: State) -> float:
    """When a block, or the refusal of an attacker, ends; 0 without one."""
    block = state.blocks.find(request.account, state.now) if request.account else None
    if block is not None:
        return block.until
    named = request.account or request.claimed
    entry = state.judge.against(facts, named, state.wall) if state.judge else None
    return entry.until if entry is not None else 0


def _note(request: Request, decision: Decision, snapshot: Snapshot) -> str:
    if request.stage is Stage.CONNECT and snapshot.resolved.server.connect.enabled:
        why = snapshot.off.get(Feature.CONNECT, "")
        if why:
            return why
    if request.stage is Stage.CONNECT and decision.verdict is not Verdict.ALLOW:
        return "settings of a domain or mailbox cannot help: the account is not known yet"
    if decision.reason is Reason.FAULT:
        return "a check failed; our own faults refuse nobody"
    return _note_on_own_rules(request.account, snapshot)


def _note_on_own_rules(account: str, snapshot: Snapshot) -> str:
    domain = domain_of(account)
    if not domain:
        return ""
    if domain in snapshot.resolved.without_plan:
        return f"the hosting plan of {domain} has Mailward off: only the server's rules count"
    if not snapshot.resolved.counts(Scope("domain", domain)):
        return (
            f"the rules of {domain} and of its mailboxes are switched off (domain.enabled): only "
            "the server's count"
        )
    why = snapshot.off.get(Feature.DOMAIN_RULES, "")
    if why and snapshot.policy(account) is not snapshot.server:
        return f"rules of {domain} and of its mailboxes only let in, and refuse nobody: {why}"
    return ""


def _origins(snapshot: Snapshot, account: str) -> dict[str, str]:
    """Which scope the rules come from, for the groups that decide logins and sending."""
    scope = Scope("mailbox", account) if domain_of(account) else SERVER_SCOPE
    names = ("country.mode", "country.list", "network.cloud", "network.attacker", "send.limit")
    found = {setting: snapshot.resolved.origin(setting, scope) for setting in names}
    return {setting: str(origin) if origin else "default" for setting, origin in found.items()}


def lines(explanation: Explanation) -> Iterator[str]:
    """The explanation as text, for a terminal or a support mail."""
    who = explanation.account or "a client that has not logged in"
    yield f"{explanation.address}, {who}, {explanation.service}"
    yield ""
    yield from _fact_lines(explanation.facts)
    for path in explanation.stages:
        yield ""
        yield from _stage_lines(path)
    if explanation.signals:
        yield ""
        yield "looks stolen"
    for signal in explanation.signals:
        seen = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(signal.last))
        yield f"  {signal.kind:<16} {seen}: {signal.evidence} [{signal.action}]"
    yield ""
    yield _verdict_line(explanation)
    if explanation.account:
        yield "rules come from: " + ", ".join(
            f"{setting} {origin}" for setting, origin in explanation.origins.items()
        )


def _fact_lines(facts: AddressFacts) -> Iterator[str]:
    if not facts.version:
        yield f"  {facts.address!r} is no address; no check about addresses has an opinion"
        return
    if facts.local:
        yield "  near: loopback, private, or one of the server's own addresses"
        return
    country = f"{name(facts.country)} ({facts.country})" if facts.country else "not known"
    second = f"{name(facts.second)} ({facts.second})" if facts.second else "none"
    yield f"  country        {country}; second opinion: {second}"
    system = f"AS{facts.asn} {facts.as_name}".rstrip() if facts.asn else "not known"
    yield f"  network        {system}"
    for hit in facts.hits:
        label = "known attacker" if hit.kind is NetworkKind.ATTACKER else str(hit.kind)
        yield f"  {label:<14} {hit.entry}: {hit.label} ({hit.source})"


_STAGE_TITLE = {
    Stage.CONNECT: "connect: before the password, the server's settings only",
    Stage.AUTH: "auth: after the password, with the account's settings",
    Stage.SEND: "send: one more mail",
}


def _stage_lines(path: StagePath) -> Iterator[str]:
    yield _STAGE_TITLE[path.stage]
    if not path.steps:
        yield f"  {path.decision.evidence}"
    for step in path.steps:
        if step.opinion is None:
            yield f"  {step.check:<16} no opinion"
            continue
        opinion = step.opinion
        verb = "only watched" if opinion.watches else str(opinion.verdict)
        yield f"  {step.check:<16} {verb}: {opinion.evidence} [{opinion.reason}]"
    if path.text:
        yield f"  the client reads  {refusal.status(path.decision)} {path.text}"
    if path.note:
        yield f"  note              {path.note}"


def _verdict_line(explanation: Explanation) -> str:
    for path in explanation.stages:
        if path.decision.verdict is not Verdict.ALLOW:
            word = "refused" if path.decision.verdict is Verdict.DENY else "refused for now"
            return f"=> {word} at {path.stage}: {path.decision.evidence} [{path.decision.reason}]"
    return "=> allowed"
