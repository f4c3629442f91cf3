"""How one decision looks on a screen: columns where there is room, two lines where there is not.

Only text and styles; nothing is printed here.
"""

from __future__ import annotations

import re
import time

from rich.text import Text

from core.desk.text import printable
from core.net.countries import name
from core.store.event import Event
from core.words import Reason, Stage, Verdict

WIDE = 132
"""Columns from which on a decision and its reason fit into one line."""

UNCUT = 1000
"""Columns from which on nobody looks: nothing is cut, so that programs find all of it."""

STYLES = {
    "allowed": "green",
    "watched": "cyan",
    "failed": "yellow",
    "refused": "bold red",
    "deferred": "bold magenta",
}

MEANINGS = {
    "allowed": "may go on",
    "watched": "may go on, though a check that only watches would refuse it",
    "failed": "was permitted to try, and had the wrong password",
    "refused": "may not log in",
    "deferred": "may not send now",
}
"""What the words mean."""

_SOURCE = re.compile(r", \w+\)$")
"""Which list said so; `explain` tells."""

_ACCOUNT, _ADDRESS, _COUNTRY, _REASON = 26, 22, 13, 18
_PLACE = 40
"""Columns for account and address together in a narrow line."""


def word(event: Event) -> str:
    """The verdict for people.

    A login may pass our checks and still fail at its password; and what a check only watches is
    allowed, though it would be refused.
    """
    if event.verdict is Verdict.DENY:
        return "refused"
    if event.verdict is Verdict.DEFER:
        return "deferred"
    if event.reason is Reason.LOGIN_FAILED:
        return "failed"
    return "watched" if event.would else "allowed"


def lines(event: Event, width: int, remark: str = "") -> list[Text]:
    """The decision in as many lines as it needs.

    Args:
        event: the decision.
        width: columns of the screen.
        remark: said instead of the reason.
    """
    first = _head(event)
    reason, evidence = _why(event)
    if remark:
        reason, evidence = "", remark
    style = "" if word(event) in ("refused", "deferred") else "dim"
    if width >= WIDE:
        place = name(event.country) if event.country else ""
        for cell, columns in (
            (event.account or "-", _ACCOUNT),
            (event.address, _ADDRESS),
            (place, _COUNTRY),
        ):
            shown = _cut(cell, columns) if width < UNCUT else printable(cell)
            first.append(f" {shown:{columns}}")
        first.append(" ")
        why = f"{reason:{_REASON}} {evidence}" if not remark else evidence
        first.append(why.rstrip(), style)
        return [_fitting(first, width)]
    right = remark or _cut(event.address, _ADDRESS)
    left = _PLACE - 1 - len(right)
    first.append(f" {_cut(event.account or '-', left):{left}} {right} {event.country:2}")
    found = [_fitting(first, width)]
    if word(event) != "allowed":
        place = name(event.country) if event.country else ""
        parts = [part for part in (place, reason, evidence) if part]
        found.append(_fitting(Text(" " * 9 + ", ".join(parts), style), width))
    return found


def _head(event: Event) -> Text:
    verdict = word(event)
    head = Text().append(time.strftime("%H:%M:%S", time.localtime(event.last)), "dim")
    head.append(f" {verdict:8}", STYLES[verdict])
    head.append(f" {event.stage:7} {event.service:10}", "" if verdict != "allowed" else "dim")
    return head


def _why(event: Event) -> tuple[str, str]:
    """Reason and evidence, without what stands in other columns already."""
    verdict = word(event)
    reason = event.would if verdict == "watched" else str(event.reason)
    if verdict == "allowed" and event.reason is Reason.NOTHING_AGAINST:
        reason = ""
    if verdict == "failed":
        return reason, "the password was wrong"
    evidence = printable(event.detail)
    for known in (f"{event.address} is ", f"{event.account} is "):
        evidence = evidence.removeprefix(known)
    if evidence == reason:
        evidence = ""
    if reason.startswith("network_"):
        evidence = _SOURCE.sub(")", evidence)
    elif reason in (Reason.SEND_LIMIT, Reason.ACCOUNT_BLOCKED):
        evidence = evidence.partition(",")[0]
    elif event.stage is Stage.SEND and event.recipients > 1:
        evidence = f"{event.recipients} recipients"
    return reason, evidence


def _cut(text: str, columns: int) -> str:
    shown = printable(text)
    return shown if len(shown) <= columns else shown[: columns - 1] + "…"


def _fitting(text: Text, width: int) -> Text:
    text.rstrip()
    text.truncate(width, overflow="ellipsis")
    return text
