"""What the judge and the lookout have seen, in the visitor's language.

Their evidence is one English line, kept with the attacker, the signal or the block. It is known by
its words; places, lengths and reasons in it are said as everywhere. A line of another version's is
shown as it is.
"""

from __future__ import annotations

import re
from typing import Final

from flask_babel import gettext

from core.labels import REASONS
from core.net.countries import CODES, name
from core.web.complaints import said
from core.web.wording import country, length
from core.words import N_, Reason

SENTENCES: Final = (
    N_("logins from {count} countries within {hours} hours: {places}"),
    N_("logins from {count} new networks within {hours} hours: {places}"),
    N_("{place} {length} after {other}: at least {far} km"),
    N_("first login from this country: {place}"),
    N_("first login from this hosting or VPN network: {place}"),
    N_("{count} mails within an hour; its busiest hour of the last {days} days had {before}"),
    N_(
        "{count} different recipients within an hour; its busiest hour of the last {days} days "
        "had {before}"
    ),
    N_("{count} of {total} recipients of the last hour were refused"),
    N_("the password was right, the login from {place} was refused [{reason}]"),
    N_("tried {count} accounts in {length}, last at {time}"),
    N_("tried {count} accounts that {networks} networks attack in {length}, last at {time}"),
    N_("tried {count} password of one account in {length}, last at {time}"),
    N_("tried {count} passwords of one account in {length}, last at {time}"),
    N_(
        "tried {count} password of one account that {networks} networks attack in {length}, last "
        "at {time}"
    ),
    N_(
        "tried {count} passwords of one account that {networks} networks attack in {length}, last "
        "at {time}"
    ),
    N_("{count} of its addresses tried {accounts} accounts in {length}, last at {time}"),
    N_("guessing from {count} of its networks in {length}, last at {time}"),
)
"""What is said by `core.engine.stolen` and `core.engine.judging.evidence`."""

_LENGTH: Final = r"seconds|\d+ (?:second|minute|hour|day)s?"
_PLACE: Final = r"[^,()]+(?:\([^()]*\)[^,()]*)? \([0-9A-Fa-f.:]+\)"
_BLANKS: Final = {
    "length": _LENGTH,
    "place": _PLACE,
    "other": _PLACE,
    "places": r".+",
    "time": r"\d\d:\d\d UTC",
    "reason": r"\w+",
}
"""What may stand in a blank; numbers in the others."""

_UNITS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_CODES: Final = {name(code): code for code in CODES}


def _known(sentence: str) -> re.Pattern[str]:
    pattern = re.escape(sentence).replace(r"\{", "{").replace(r"\}", "}")
    filled = re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{_BLANKS.get(m[1], '[0-9,]+')})", pattern)
    return re.compile(filled)


_PATTERNS: Final = tuple((_known(sentence), sentence) for sentence in SENTENCES)


def evidence(text: str) -> str:
    """A line of evidence for the visitor."""
    for pattern, sentence in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            filled = {blank: _said(blank, value) for blank, value in found.groupdict().items()}
            return str(gettext(sentence)).format(**filled)
    return said(text)


def _said(blank: str, value: str) -> str:
    if blank == "length":
        return _length(value)
    if blank in ("place", "other"):
        return _place(value)
    if blank == "places":
        return re.sub(_PLACE, lambda found: _place(found[0]), value)
    if blank == "reason":
        return str(gettext(REASONS[Reason(value)])) if value in set(Reason) else value
    return value


def _length(value: str) -> str:
    count, _, unit = value.rpartition(" ")
    if not count:
        return str(gettext("a few seconds"))
    return length(int(count) * _UNITS[unit.removesuffix("s")])


def _place(value: str) -> str:
    where, _, address = value.rpartition(" ")
    lead = where[: len(where) - len(where.lstrip())]
    bare = where.strip()
    if bare == "an unknown country":
        return f"{lead}{country('')} {address}"
    return f"{lead}{country(_CODES[bare])} {address}" if bare in _CODES else value
