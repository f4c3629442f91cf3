"""The checks: small rules that may have an opinion, and the order in which they are asked.

A check sees one question and returns an opinion or None. The first opinion that does not merely
watch decides.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from core.engine.blocks import Blocks
from core.engine.country_rule import describe
from core.engine.judging.judge import Judge
from core.engine.policy import Policy, Snapshot
from core.engine.request import Request
from core.engine.window import SendWindows
from core.settings.entry import CountryPass
from core.sources.facts import AddressFacts
from core.store.block import Block
from core.words import NetworkKind, Reason, Stage, Verdict


class Question(Struct, gc=False):
    """Everything a check may look at.

    Attributes:
        request, facts, snapshot: what is asked, what is known, what is set.
        policy: what counts here: the server's policy at `connect`, the account's afterwards.
        blocks, windows: the state of sending.
        now: seconds on the clock that never jumps.
        wall: seconds since 1970.
        dry: count nothing; somebody only wants to know.
        new_block: left by a check for the caller to make durable before anybody is told.
        judge: knows who attacks this server; None where nobody does.
    """

    request: Request
    facts: AddressFacts
    snapshot: Snapshot
    policy: Policy
    blocks: Blocks
    windows: SendWindows
    now: float
    wall: float
    dry: bool = False
    new_block: Block | None = None
    judge: Judge | None = None


class Opinion(Struct, frozen=True):
    """What a check thinks.

    Attributes:
        verdict, reason, evidence: the opinion, its stable code, and one line for people.
        watches: it is noted and does not decide.
        ends: seconds since 1970 at which it ends by itself, as an exemption does; 0 for never.
    """

    verdict: Verdict
    reason: Reason
    evidence: str
    watches: bool = False
    ends: float = 0


Check = Callable[[Question], Opinion | None]


def exempt(question: Question) -> Opinion | None:
    """Near addresses, exempt addresses and, once it is known, exempt accounts pass."""
    facts = question.facts
    if facts.local:
        return Opinion(Verdict.ALLOW, Reason.LOCAL, f"{facts.address} is local")
    policy = question.policy
    if not policy.exempt.empty:
        entry = policy.exempt.find(facts, question.wall)
        if entry is not None:
            return Opinion(
                Verdict.ALLOW,
                Reason.EXEMPT_ADDRESS,
                f"{facts.address} is in {entry.entry}{_note(entry.comment)}",
                ends=entry.expires,
            )
    accounts = question.snapshot.exempt_accounts
    if question.request.account and not accounts.empty:
        account = accounts.find(question.request.account, question.wall)
        if account is not None:
            return Opinion(
                Verdict.ALLOW,
                Reason.EXEMPT_ACCOUNT,
                f"{account.entry} is exempt{_note(account.comment)}",
                ends=account.expires,
            )
    return None


def blocked_account(question: Question) -> Opinion | None:
    """An account that is blocked from sending does not send; it may still read its mail."""
    request = question.request
    if not (request.sending and request.account):
        return None
    block = question.blocks.find(request.account, question.now)
    if block is None:
        return None
    senders = question.snapshot.exempt_senders
    if not senders.empty and senders.find(request.account, question.wall) is not None:
        return None
    reason = _BLOCK_REASON.get(block.reason, Reason.ACCOUNT_BLOCKED)
    return Opinion(_block_verdict(question), reason, block.evidence)


def attacker(question: Question) -> Opinion | None:
    """Whoever attacked this server, then networks known for attacks."""
    seen = _seen_attacking(question)
    if not question.facts.hits or (seen is not None and not seen.watches):
        return seen
    listed = _by_kind(question, (NetworkKind.ATTACKER,))
    return seen if listed is None or (listed.watches and seen is not None) else listed


def network(question: Question) -> Opinion | None:
    """Relays of big providers, clouds, anonymisers."""
    if not question.facts.hits:
        return None
    return _by_kind(question, (NetworkKind.RELAY, NetworkKind.CLOUD, NetworkKind.ANONYMISER))


def country(question: Question) -> Opinion | None:
    """The country list, against both opinions about the country where that is wished."""
    rule, facts = question.policy.country, question.facts
    if rule.mode == "off" or not facts.version or _trusted_relay(question):
        return None
    first = facts.country or facts.second
    found = rule.judge(first, facts.second, question.wall)
    if found is None:
        return None
    if isinstance(found, CountryPass):
        return Opinion(Verdict.ALLOW, Reason.TRAVELLER_PASS, describe(found), ends=found.expires)
    if found is Reason.COUNTRY_UNKNOWN:
        evidence = f"the country of {facts.address} is not known"
    else:
        both = f"{first} and {facts.second}" if facts.second not in ("", first) else first
        why = "is not among the allowed" if rule.mode == "allow" else "is refused"
        evidence = f"{facts.address} is in {both}: {why}"
    return Opinion(Verdict.DENY, found, evidence, rule.watch)


def send_window(question: Question) -> Opinion | None:
    """Count the mail; the one past the limit blocks the account."""
    request, send = question.request, question.policy.send
    if not request.account:
        return None
    senders = question.snapshot.exempt_senders
    if not senders.empty and senders.find(request.account, question.wall) is not None:
        return None
    cost = max(1, request.recipients) if send.unit == "recipients" else 1
    if question.dry:
        used = question.windows.used(request.account, question.now, send.seconds) + cost
    else:
        used = question.windows.add(request.account, question.now, send.seconds, cost, send.limit)
    if used <= send.limit:
        return None
    evidence = f"{used} {send.unit} within {send.seconds} seconds, {send.limit} are permitted"
    if request.folder:
        evidence += f", the last by a script in {request.folder}"
    if not send.watch and not question.dry:
        question.windows.forget(request.account)
        question.new_block = Block(
            account=request.account,
            started=question.wall,
            until=question.wall + send.block_seconds,
            seconds=send.block_seconds,
            reason=Reason.SEND_LIMIT,
            evidence=evidence,
        )
        question.blocks.add(question.new_block, question.now + send.block_seconds)
    return Opinion(_block_verdict(question), Reason.SEND_LIMIT, evidence, send.watch)


CHECKS: dict[Stage, tuple[Check, ...]] = {
    Stage.CONNECT: (exempt, attacker, network, country),
    Stage.AUTH: (blocked_account, exempt, attacker, network, country),
    Stage.SEND: (blocked_account, send_window),
}
"""Which checks are asked, and in which order. A blocked account stays blocked at its own office.

The countries come last, because a traveller pass decides like an exemption and opens only them.
"""


_BLOCK_REASON: dict[str, Reason] = {
    reason: reason for reason in (Reason.ACCOUNT_STOLEN, Reason.BLOCKED_BY_HAND)
}
"""What a refusal says of a block: these say themselves why there is one."""

_REASON = {
    NetworkKind.CLOUD: Reason.NETWORK_CLOUD,
    NetworkKind.ANONYMISER: Reason.NETWORK_ANONYMISER,
    NetworkKind.RELAY: Reason.NETWORK_RELAY,
    NetworkKind.ATTACKER: Reason.NETWORK_ATTACKER,
}


def _seen_attacking(question: Question) -> Opinion | None:
    judge, request, facts = question.judge, question.request, question.facts
    if judge is None:
        return None
    entry = judge.against(facts, request.account or request.claimed, question.wall)
    if entry is None:
        return None
    inside = "" if entry.kind == "address" else f" is in {entry.place}:"
    evidence = f"{facts.address}{inside} {entry.evidence}"
    return Opinion(Verdict.DENY, Reason.ATTACKER_SEEN, evidence, judge.mode(entry) == "watch")


def _by_kind(question: Question, kinds: tuple[NetworkKind, ...]) -> Opinion | None:
    """The first hit that is refused; failing that, the first that is watched.

    A list may have a mode of its own, and can never do more than its kind's switch permits.
    """
    watched = None
    for kind in kinds:
        switch = question.policy.switches[kind]
        if switch == "off":
            continue
        for hit in question.facts.hits:
            own = question.snapshot.lists.get(hit.source, switch)
            if hit.kind is not kind or own == "off":
                continue
            evidence = f"{question.facts.address} is in {hit.entry} ({hit.label}, {hit.source})"
            if switch == "refuse" and own == "refuse":
                return Opinion(Verdict.DENY, _REASON[kind], evidence)
            watched = watched or Opinion(Verdict.DENY, _REASON[kind], evidence, True)
    return watched


def _trusted_relay(question: Question) -> bool:
    """A relay's country says nothing about the person behind it (facts/data_sources.md 2.5)."""
    if not question.facts.hits or question.policy.switches[NetworkKind.RELAY] == "refuse":
        return False
    return any(hit.kind is NetworkKind.RELAY for hit in question.facts.hits)


def _note(comment: str) -> str:
    return f" ({comment})" if comment else ""


def _block_verdict(question: Question) -> Verdict:
    return Verdict.DENY if question.snapshot.permanent_block else Verdict.DEFER
