"""What the rooms below complain of and give as evidence, in the visitor's language.

Their exceptions, notes and evidence are English sentences; some come from the daemon or the store.
A sentence is known by its words, and what is filled in is put into its translation. One that is not
listed here, as those about files and programs that only root can mend, is shown as it is.
"""

from __future__ import annotations

import re
from typing import Final

from flask_babel import gettext

from core.settings.fields import FIELDS
from core.words import N_

SENTENCES: Final = (
    N_("change {number} was followed by another: {now}"),
    N_("there is no change number {number}"),
    N_("there is no such setting"),
    N_("{what} has been changed by somebody else meanwhile"),
    N_("the lists are being changed by many at once: try again"),
    N_("{entry} is in the list already"),
    N_("{entry} is not in the list of {place}"),
    N_("{entry} would exempt everybody"),
    N_("{entry} is neither an account nor a domain"),
    N_("{entry} is no address, no network (CIDR) and no AS number"),
    N_("{country}: a traveller pass must have an end"),
    N_("{entry} stands for many; name an account, a domain or a network"),
    N_("{entry} takes something out, which a list of exemptions cannot"),
    N_("expected entry, comment, expiry; found {found}"),
    N_(
        "{text} is neither a length like 30m, 2h or 7d nor a date like 2026-03-01 or "
        "2026-03-01T18:00"
    ),
    N_("{address} is no IP address"),
    N_("{text} is no mail address"),
    N_("{text} is no mailbox"),
    N_("{text} is no domain"),
    N_("{code} is no country code (ISO 3166)"),
    N_("name an address, an account, or both"),
    N_("name a domain or a mailbox, not both"),
    N_("must be one line without control characters"),
    N_("must be a two-letter country code such as DE"),
    N_("must be a country code or auto"),
    N_("must be a mail address"),
    N_("must be digits"),
    N_("must be at most {number} characters long"),
    N_("must be at least {number}"),
    N_("must be at most {number}"),
    N_("has letters that are not permitted there"),
    N_("{blank} is unknown; there are {known}"),
    N_("this is no export of Mailward's settings: {why}"),
    N_("the document has format {format}; this version reads {ours}"),
    N_("there is no level {level}"),
    N_("{scope} stands there twice"),
    N_("nothing was changed: {why}"),
    N_("it ends in the middle"),
    N_("it is no JSON from byte {number}"),
    N_("the key {name} is missing"),
    N_("there is no key {name}"),
    N_("the daemon cannot be reached at {place}: {why}"),
    N_("the daemon closed the connection without an answer"),
    N_("the daemon broke off in its answer"),
    N_("the daemon answered nonsense: {why}"),
    N_("only root and Mailward's own users may ask the daemon at {place}"),
    N_("Blocks are left out: {why}"),
    N_("It is not in the history: {why}"),
    N_(
        "the store {path} was damaged ({why}). It was set aside as {aside} and a new one was made. "
        "Carried over: {carried}"
    ),
    N_(
        "the store {path} was gone. A new one was made, with {count} settings from the daemon's "
        "copy"
    ),
    N_(
        "the store {path} was taken away or replaced while it was in use; what it held is not "
        "shown any more"
    ),
    N_("its data is {days} days old"),
    N_("it has not changed for {days} days"),
    N_("it is empty, so no country is refused"),
    N_("{count} own fault, each of which let a request pass"),
    N_("{count} own faults, each of which let a request pass"),
    N_("not knocked at: {why}"),
    N_("the daemon refuses to say: {why}"),
    N_("neither Postfix nor Dovecot is installed here"),
    N_("no mail server that can be asked to ask us is installed here"),
    N_("{file} is missing"),
    N_("{file} cannot be read: {why}"),
    N_("{file} cannot be used: {why}"),
    N_("{file} is damaged: {why}"),
    N_("{file} cannot be written: {why}"),
    N_("there is no copy before of the {name} database"),
    N_("there is no copy before of {name}"),
    N_("another update is at work in {file}"),
    N_("{place} does not exist"),
    N_("{place} answered {code}"),
    N_("MaxMind asks for an account number and a licence key; set both"),
    N_("IPinfo asks for a token; set it"),
    N_("it comes with IPinfo's country database, which is not there yet"),
    N_("no file is set to take it from"),
    N_("the store {place} cannot be {done}: {why}"),
    N_("the store was replaced by another just now; write again"),
    N_("the ledger {file} is held by another process: if that is the daemon, ask it"),
    N_("this licence key needs a newer version of Mailward"),
    N_(
        "this licence key is signed with key {key}, which this version of Mailward does not know: "
        "it is not genuine, or Mailward is too old for it"
    ),
    N_("this licence key is not genuine: its signature is wrong"),
    N_("this is too long to be a licence key"),
    N_("a licence key begins with {prefix}-; this does not"),
    N_("a letter of this licence key is wrong or missing; copy the whole key again"),
    N_("there is no letter {letter} in licence keys; copy the key again"),
    N_("{command} cannot be run: {why}"),
    N_("{command} did not end within {seconds} s"),
    N_("{command} ended with {code}: {why}"),
    N_("{address} is local"),
    N_("{address} is in {place}: is not among the allowed"),
    N_("{address} is in {place}: is refused"),
    N_("the country of {address} is not known"),
    N_("{count} messages within {seconds} seconds, {limit} are permitted"),
    N_("{count} recipients within {seconds} seconds, {limit} are permitted"),
    N_("{entry} is exempt ({comment})"),
    N_("{entry} is exempt"),
    N_("{address} is in {entry}"),
    N_("Connection refused"),
    N_("No such file or directory"),
    N_("Permission denied"),
)
"""What is said, the more exact first; a ``why`` may be such a sentence itself."""

_BLANK: Final = re.compile(r"\{(\w+)\}")
_SETTING: Final = re.compile(r"([a-z]+\.[a-z_]+): (.+)", re.DOTALL)


def _known(sentence: str) -> re.Pattern[str]:
    return re.compile(_BLANK.sub(r"(?P<\1>.+)", re.sub(r"([.()?;])", r"\\\1", sentence)), re.DOTALL)


_PATTERNS: Final = tuple((_known(sentence), sentence) for sentence in SENTENCES)


def said(complaint: object) -> str:
    """A complaint for the visitor.

    Args:
        complaint: an exception or a sentence.
    """
    text = str(complaint)
    setting = _SETTING.fullmatch(text)
    if setting is not None and setting[1] in FIELDS:
        return f"{gettext(FIELDS[setting[1]].title)}: {said(setting[2])}"
    for pattern, sentence in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            filled = found.groupdict()
            if "why" in filled:
                filled["why"] = said(filled["why"])
            return str(gettext(sentence)).format(**filled)
    return str(gettext(text)) if text else ""
