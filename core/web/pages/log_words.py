"""What happened, in words that need no manual; the codes stay beside them for those who search.

Says nothing of who and where from: those are columns of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, gettext, lazy_gettext
from msgspec import Struct

from core.labels import EXPLANATIONS, label
from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict

_HAPPENED: Final[Mapping[tuple[Stage, Verdict], LazyString]] = {
    (Stage.CONNECT, Verdict.ALLOW): lazy_gettext("Connection allowed"),
    (Stage.CONNECT, Verdict.DENY): lazy_gettext("Connection refused"),
    (Stage.CONNECT, Verdict.DEFER): lazy_gettext("Connection refused for now"),
    (Stage.AUTH, Verdict.ALLOW): lazy_gettext("Login allowed"),
    (Stage.AUTH, Verdict.DENY): lazy_gettext("Login refused"),
    (Stage.AUTH, Verdict.DEFER): lazy_gettext("Login refused for now"),
    (Stage.SEND, Verdict.ALLOW): lazy_gettext("Mail accepted"),
    (Stage.SEND, Verdict.DENY): lazy_gettext("Mail refused"),
    (Stage.SEND, Verdict.DEFER): lazy_gettext("Mail refused for now"),
}

_MAILBOXES: Final = frozenset({Service.IMAP, Service.IMAPS, Service.POP3, Service.POP3S})
"""Where somebody who logs in reads mail."""


class Words(Struct, frozen=True):
    """What happened.

    Attributes:
        title: a few words.
        why: a few more, "" when there is nothing to say.
        tone: of a badge: good, warn, bad or plain.
        icon: its name in the icon set.
        code: the stable codes, as a search and the command line have them.
    """

    title: str
    why: str
    tone: str
    icon: str
    code: str


def words(event: Event) -> Words:
    """What an event says."""
    tone, icon = _tone(event)
    return Words(_title(event), _why(event), tone, icon, code(event))


def code(event: Event) -> str:
    """The stable codes of an event."""
    would = f" would={event.would}" if event.would else ""
    check = f" check={event.check}" if event.check else ""
    return f"{event.stage} {event.verdict} {event.reason}{would}{check}"


def explanation(event: Event) -> str:
    """Why it went so and what to do about it, in a sentence; "" for another version's reason."""
    if _is_only_watched(event):
        return str(
            gettext("It was only watched: nobody was refused, and once the rule refuses, this is.")
        )
    known = EXPLANATIONS.get(event.reason, "")
    return str(gettext(known)) if known else ""


def reason_words(reason: str) -> str:
    """A reason in words; one that only another version knows stands for itself."""
    try:
        return str(gettext(label(Reason(reason))))
    except ValueError:
        return reason


def _title(event: Event) -> str:
    if event.reason is Reason.LOGIN_OK:
        reads = event.service in _MAILBOXES
        return str(gettext("Logged in to read") if reads else gettext("Logged in"))
    if event.reason is Reason.LOGIN_FAILED:
        return str(gettext("Wrong password"))
    if event.reason is Reason.SEND_LIMIT and event.verdict is not Verdict.ALLOW:
        return str(gettext("Mail refused, account blocked"))
    known = _HAPPENED.get((event.stage, event.verdict))
    return str(known) if known is not None else f"{event.stage} {event.verdict}"


def _is_only_watched(event: Event) -> bool:
    """Whether it passed though a check that watches was against it; another one may have refused
    what that check only watched."""
    return bool(event.would) and event.verdict is Verdict.ALLOW


def _why(event: Event) -> str:
    if _is_only_watched(event):
        return str(gettext("would have been refused: %(why)s", why=reason_words(event.would)))
    if event.reason in (Reason.NOTHING_AGAINST, Reason.LOGIN_OK, Reason.LOGIN_FAILED):
        return ""
    return reason_words(event.reason)


def _tone(event: Event) -> tuple[str, str]:
    if event.verdict is Verdict.DENY:
        return "bad", "x-octagon"
    if event.verdict is Verdict.DEFER:
        return "bad", "pause-circle"
    if event.reason is Reason.FAULT:
        return "warn", "exclamation-triangle"
    if event.reason is Reason.LOGIN_FAILED:
        return "warn", "key"
    if event.would:
        return "warn", "eye"
    return "good", "check-circle"
