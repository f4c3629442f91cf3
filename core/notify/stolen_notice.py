"""The mail that tells of an account that looks stolen: to the administrator, and to the owner.

One for each account and day, with what was seen. The administrator reads commands, the owner steps
for somebody who has a mailbox and not a server.
"""

from __future__ import annotations

import shlex
from typing import Final
from urllib.parse import quote

from core.labels import SIGNALS
from core.notify.announce import StolenAccount
from core.notify.language import Language
from core.notify.letter import line
from core.notify.pages_link import page
from core.notify.report_document import Document, Link, Section, Table
from core.settings.model import Settings
from core.words import N_, SignalKind

PAGE: Final = "/stolen?account="
"""The page that acts, up to the account's name."""

STEPS: Final = (
    N_(
        "If it was not you: change the password of the mailbox now, and enter the new one only in "
        "programs and devices that are really yours. Have them checked for malware."
    ),
    N_(
        "If it was you, on a journey or with a VPN for instance, tell %(contact)s: the countries "
        "are known then, and this does not come again."
    ),
)

WORK: Final = (
    N_("Ask the owner whether it was them: mailward events --account %(quoted)s shows the logins."),
    N_(
        "If it was not: change the password, then run mailward password-changed %(quoted)s. It "
        "ends the block, if there is one, and forgets what the thief did."
    ),
    N_("If it was: mailward stolen close --owner %(quoted)s makes the countries known."),
    N_("To stop the account at once: mailward block %(quoted)s."),
)


def document(
    news: StolenAccount, settings: Settings, host: str, language: Language, *, is_owner: bool
) -> Document:
    """Write the notice.

    Args:
        news: what there is to tell.
        settings: what counts for the account.
        host: this server's full name.
        language: in which it is written.
        is_owner: whether it goes to the owner of the domain; otherwise to the administrator.
    """
    account = line(news.account)
    base = settings.owner.pages if is_owner else settings.notify.pages
    address = page(base, PAGE + quote(news.account, safe="@"))
    return Document(
        language=language.code,
        subject=language.gettext("Perhaps stolen: %(account)s", account=account),
        lines=_lines(news, account, language),
        sections=(
            Section(title=language.gettext("What was seen"), table=_table(news, language)),
            Section(
                title=language.gettext("What to do now"),
                points=_points(news, settings, language, is_owner=is_owner),
                link=Link(language.gettext("See the pages"), address) if address else None,
            ),
        ),
        foot=(
            language.gettext(
                "There is at most one such mail for each account and day. %(host)s sends it.",
                host=host,
            ),
        ),
    )


def _lines(news: StolenAccount, account: str, language: Language) -> tuple[str, ...]:
    first = language.gettext(
        "The account %(account)s was used as stolen accounts are: somebody else may know its "
        "password.",
        account=account,
    )
    if news.block is None:
        return first, language.gettext("Nothing was blocked.")
    return first, language.gettext(
        "It may not send mail until %(until)s. It can still read and receive mail.",
        until=language.moment(news.block.until),
    )


def _table(news: StolenAccount, language: Language) -> Table:
    columns = (language.gettext("when"), language.gettext("what"), language.gettext("seen"))
    return Table(
        columns,
        tuple(
            (language.moment(each.last), _kind(each.kind, language), line(each.evidence))
            for each in news.signals
        ),
    )


def _kind(kind: str, language: Language) -> str:
    """What people call a kind; one that only another version knows stands for itself."""
    return language.gettext(SIGNALS[SignalKind(kind)]) if kind in SIGNALS else line(kind)


def _points(
    news: StolenAccount, settings: Settings, language: Language, *, is_owner: bool
) -> tuple[str, ...]:
    if is_owner:
        contact = line(language.gettext(settings.text.contact))
        return tuple(language.gettext(step, contact=contact) for step in STEPS)
    account = line(news.account)
    quoted = f"-- {shlex.quote(account)}" if account.startswith("-") else shlex.quote(account)
    steps = WORK[:-1] if news.block is not None else WORK
    return tuple(language.gettext(step, quoted=quoted) for step in steps)
