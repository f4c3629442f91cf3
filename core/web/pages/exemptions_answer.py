"""Would this be exempt? The answer in words, without what is not the visitor's to know."""

from __future__ import annotations

from flask_babel import gettext
from msgspec import Struct

from core.desk.desk import Desk
from core.desk.exempt_match import match
from core.desk.exemptions import Exemption
from core.errors import SettingError
from core.settings.account import is_account_or_domain
from core.sources.facts import AddressFacts
from core.web.pages.exemptions_place import sees
from core.web.settings_form_words import place
from core.web.sight import Sight
from core.web.wording import country


class Line(Struct, frozen=True):
    """One part of the answer.

    Attributes:
        question: what was asked, e.g. "Before the password".
        is_exempt: the answer.
        said: by which entry, and why.
    """

    question: str
    is_exempt: bool
    said: str


class Answer(Struct):
    """The answer.

    Attributes:
        address, account: what was asked about.
        lines: parts of the answer.
        known: what is known of the address.
        fault: what is wrong with the question.
    """

    address: str
    account: str
    lines: list[Line]
    known: str = ""
    fault: str = ""


def answer(desk: Desk, sight: Sight, address: str, account: str) -> Answer:
    """Whether somebody would be exempt.

    Args:
        desk: the visitor's.
        sight: what they see.
        address: a client's address; "" to ask about an account only.
        account: a login name; "" for whoever has not logged in.

    Raises:
        NotFound: the account is not theirs.
        StoreError: the store cannot be read.
    """
    fault = _fault(sight, account)
    if fault:
        return Answer(address, account, [], fault=fault)
    if account and not sight.is_admin:
        account = sight.account(account)
    try:
        said = match(desk, address, account)
    except SettingError:
        fault = gettext("Write an address such as 203.0.113.7, an account, or both.")
        return Answer(address, account, [], fault=fault)
    lines = [_line(sight, gettext("Before the password"), said.before)] if address else []
    for each in said.passes:
        text = gettext("by a traveller pass for %(country)s", country=country(each.entry.entry))
        lines.append(Line(gettext("Country"), True, text))
    lines.append(_line(sight, gettext("After the password"), said.after))
    if account and (sight.is_admin or said.sending is not None):
        lines.append(_line(sight, gettext("From the send limit"), said.sending))
    return Answer(address, account, lines, known=_known(said.facts))


def _fault(sight: Sight, account: str) -> str:
    """What is wrong with an account that is asked about."""
    if account and not (is_account_or_domain(account) and (sight.is_admin or "@" in account)):
        return str(gettext("This is no account like anna@example.org."))
    if not account and not sight.is_admin:
        return str(gettext("Say which mailbox logs in."))
    return ""


def _line(sight: Sight, question: str, by: Exemption | None) -> Line:
    if by is None:
        return Line(question, False, gettext("nothing exempts it"))
    if not sees(sight, by.place.scope):
        return Line(question, True, gettext("by the administrator"))
    where = place(by.place.scope)
    text = gettext("by %(entry)s of %(place)s", entry=by.entry.entry, place=where)
    return Line(question, True, f"{text} ({by.entry.comment})" if by.entry.comment else text)


def _known(facts: AddressFacts | None) -> str:
    """What is known of the address, on one line."""
    if facts is None:
        return ""
    where = country(facts.country) if facts.country else ""
    network = f"AS{facts.asn} {facts.as_name}" if facts.asn else ""
    return ", ".join(part for part in (where, network) if part)
