"""What ``--json`` prints, verb by verb. A shape may grow keys; none is ever taken away or renamed.

Tests compare these with what the verbs really print.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Shape(Struct, frozen=True):
    """One verb's document.

    Attributes:
        form: ``object``, ``list`` of objects, or ``lines`` with one object each.
        keys: key -> meaning, of the object or of each object.
    """

    form: str
    keys: dict[str, str]


_DIFFERENCE = {
    "level": "server, domain or mailbox",
    "scope": "the domain or mailbox, empty for the server",
    "name": "the setting",
    "before": "value before, null where it was not set; secrets masked",
    "after": "value afterwards, likewise",
}

_BLOCK = {
    "account": "normalised login name",
    "started": "when it began",
    "until": "when it ends",
    "seconds": "how long it lasts",
    "reason": "reason code",
    "evidence": "one line for people",
}

SHAPES: Final = {
    "status": Shape(
        "object",
        {
            "reachable": "whether the daemon answers; if not, `error` says why and all else is "
            "missing",
            "version": "the daemon's version",
            "pid": "its process",
            "started": "when it started",
            "now": "its clock",
            "doors": "list: kind, endpoint, connections, problem",
            "stages": "connect, auth and send, each with `asked` (how often) and `last` (when, 0 "
            "for never)",
            "faults": "requests that were let pass because a check failed",
            "last_fault": "traceback of the last of them",
            "untrusted": "connections turned away because their user may not ask",
            "events": "noted, dropped (only counted), waiting (to be written)",
            "blocked": "accounts that are blocked now",
            "tracked": "accounts that sent lately",
            "server_country": "the country that is always allowed, empty when unknown",
            "sources": "list: name, vintage, entries, age (seconds or null), problem, credit, "
            "terms, link",
            "off": "feature -> why the licence or this server does not have it",
            "problems": "part -> what is wrong with it; empty when all is well",
        },
    ),
    "explain": Shape(
        "object",
        {
            "verdict": "allow, deny or defer",
            "decided_by": "`daemon`, or `this command` when the daemon does not run",
            "address": "canonical address",
            "account": "normalised login name, or empty",
            "service": "what the port stands for",
            "facts": "what is known of the address: country, second opinion, asn, hits ...",
            "stages": "list: stage, decision, steps (check and its opinion or null), text (what "
            "the client reads), note",
            "origins": "setting -> the scope that its value comes from",
            "signals": "list, of the account, when the daemon was asked: at, last (seconds since "
            "1970), account, kind, evidence, countries, action, told",
        },
    ),
    "blocked list": Shape(
        "object",
        {
            "blocked": f"list: {', '.join(_BLOCK)}, left (seconds)",
            "near": "accounts that have used more than half of the limit: account, used",
        },
    ),
    "blocked history": Shape(
        "list",
        _BLOCK
        | {
            "id": "grows with every block",
            "domain": "the account's domain",
            "released_at": "when it was ended early, null when it was not",
            "released_by": "by whom, or empty",
        },
    ),
    "events": Shape(
        "lines",
        {
            "id": "grows with every event; missing with --follow",
            "at": "when the first of them fell",
            "last": "when the last of them fell",
            "count": "how many equal verdicts this is; missing for 1",
            "stage": "connect, auth or send",
            "service": "what the client talked to",
            "verdict": "allow, deny or defer",
            "reason": "reason code",
            "check": "the check that decided; this and what follows is missing where it is empty",
            "address": "the client",
            "country": "its country",
            "asn": "its autonomous system",
            "account": "normalised login name",
            "domain": "the account's domain",
            "would": "reason for which a watching check would have refused",
            "queue_id": "the mail server's id of the message",
            "recipients": "accepted recipients",
            "detail": "one line for people",
        },
    ),
    "stats": Shape(
        "object",
        {
            "by": "what is counted by",
            "since": "begin of the period",
            "until": "its end",
            "lines": "list: the key under the name of what is counted by (an hour or day as its "
            "first second), total, allow, deny, defer",
        },
    ),
    "get": Shape(
        "object",
        {
            "scope": "`server`, `domain NAME` or `mailbox NAME`",
            "settings": "name -> value (secrets masked), origin (`default` or a scope), default, "
            "levels, secret, what, why, risk",
        },
    ),
    "settings": Shape(
        "object",
        {
            "NAME": "default, limits (for people), levels, customer (whether one may set it), "
            "secret, title, choices (value -> label), unit, what, why, risk"
        },
    ),
    "exempt list": Shape(
        "list",
        {
            "list": "exempt.addresses, exempt.accounts, exempt.send or country.passes",
            "level": "server, domain or mailbox",
            "scope": "the domain or mailbox, empty for the server",
            "entry": "address, network, AS number, account, domain, or country of a pass",
            "comment": "why",
            "expires": "when it ends, 0 for never",
        },
    ),
    "exempt check": Shape(
        "object",
        {
            "before": "the entry that decides before the password, as in `exempt list`, or null",
            "after": "the entry that decides after the password, or null",
            "sending": "the entry that lets the account send without limit, or null",
            "passes": "list: the traveller passes that hold for the address's country",
        },
    ),
    "import": Shape("list", _DIFFERENCE),
    "audit list": Shape(
        "list",
        {
            "id": "number of the change, for `audit undo`",
            "at": "when",
            "who": "who made it",
            "why": "what they said about it",
        }
        | _DIFFERENCE,
    ),
    "update": Shape(
        "list",
        {
            "name": "country, asn or the list's name",
            "outcome": "updated, unchanged, skipped, removed or failed",
            "text": "one line for people",
            "vintage": "date or version of what is in use now",
            "entries": "how many networks are in use now",
        },
    ),
    "licence show": Shape(
        "object",
        {
            "state": "none, trial, valid, grace, lapsed, wrong_server, wrong_panel, "
            "not_yet_valid, damaged or forged",
            "tier": "what counts now: Basic, PLUS or PRO",
            "until": "when that ends, 0 for never",
            "in_order": "whether nobody has to do anything",
            "text": "all that is to be said, for people",
            "trial_until": "when the trial ends or ended, 0 before the first start",
            "key": "null, or number, tier, panel, server, customer, issued, expires (0 for "
            "never), grace_days",
            "server": "names and machine: what a key can be bound to",
            "panel": "name, version, edition, mail_server, mail_server_version",
            "features": "list: feature, title, tier (the least that has it), on, cause (tier, "
            "panel, panel_version, mail_server, mail_server_version, or empty), reason (for "
            "people), until (0 for never)",
            "problems": "list: what is wrong with the panel or the licence's files",
        },
    ),
    "hook plan": Shape(
        "list",
        {
            "name": "postfix or dovecot",
            "title": "one line for people",
            "notes": "warnings",
            "pending": "whether anything would change",
            "steps": "list: kind, text, pending, diff",
        },
    ),
    "hook verify": Shape(
        "list",
        {
            "name": "postfix or dovecot",
            "state": "installed, missing, edited by someone else, interrupted, or unknown",
            "probed": "whether its ports were knocked at",
            "problem": "what is wrong, or empty",
            "ports": "list: port, answer (asked, not asked, cannot say), problem; empty where the "
            "hook does not tell of them one by one",
        },
    ),
}
"""Verb -> its document. Times are seconds since 1970 (UTC), lengths of time are seconds."""
