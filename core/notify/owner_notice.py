"""The mail that tells a domain's owner that a mailbox is blocked from sending.

It speaks to somebody who has a mailbox and not a server: what happened, since when, until when, and
what to do. The administrator's notice is `core.notify.block_notice`.
"""

from __future__ import annotations

from typing import Final

from core.notify.language import Language
from core.notify.letter import line
from core.notify.pages_link import page
from core.notify.report_document import Document, Link, Section, Table
from core.settings.model import Settings
from core.store.block import Block
from core.words import N_, Reason

STEPS: Final = (
    N_(
        "Change the password of the mailbox now. Somebody else probably knows it: until it is "
        "changed, the same happens again when the block ends."
    ),
    N_(
        "Enter the new password only in the programs and devices that are really yours, and have "
        "them checked for malware."
    ),
    N_(
        "If you sent these mails yourself, a newsletter for instance, ask %(contact)s how so many "
        "can be sent."
    ),
)


def document(block: Block, settings: Settings, host: str, language: Language) -> Document:
    """Write the notice.

    Args:
        block: the block that has begun.
        settings: what counts for the mailbox.
        host: this server's full name.
        language: in which it is written.
    """
    contact = _contact(settings, language)
    by_hand = block.reason == Reason.BLOCKED_BY_HAND
    address = page(settings.owner.pages, "/blocked")
    return Document(
        language=language.code,
        subject=language.gettext("Blocked from sending: %(account)s", account=line(block.account)),
        lines=(_why(block, settings, language),),
        sections=(
            Section(
                title=language.gettext("From when to when"),
                table=Table(
                    (language.gettext("since"), language.gettext("until")),
                    ((language.moment(block.started), language.moment(block.until)),),
                ),
            ),
            Section(
                title=language.gettext("What to do now"),
                points=tuple(
                    language.gettext(step, contact=contact)
                    for step in (STEPS[:2] if by_hand else STEPS)
                ),
                after=(
                    language.gettext(
                        "The block ends by itself at the time above. To have it ended earlier, "
                        "change the password first and then ask %(contact)s.",
                        contact=contact,
                    ),
                ),
                link=Link(language.gettext("See the pages"), address) if address else None,
            ),
        ),
        foot=(
            language.gettext(
                "There is one such mail for each block. The mail server %(host)s mails it to the "
                "address that is set for the owner of the domain.",
                host=host,
            ),
        ),
    )


def _why(block: Block, settings: Settings, language: Language) -> str:
    account = line(block.account)
    if block.reason == Reason.BLOCKED_BY_HAND:
        return language.gettext(
            "The mailbox %(account)s may not send mail for now: somebody who looks after the mail "
            "server has blocked it (%(why)s). It can still read and receive mail.",
            account=account,
            why=line(block.evidence),
        )
    return language.gettext(
        "The mailbox %(account)s may not send mail for now. It has sent %(much)s, and a "
        "mailbox that does so has usually been taken over. It can still read and receive "
        "mail.",
        account=account,
        much=_much(settings, language),
    )


def _contact(settings: Settings, language: Language) -> str:
    return line(language.gettext(settings.text.contact))


def _much(settings: Settings, language: Language) -> str:
    """How much is too much, as it is set."""
    send = settings.send
    length = language.duration(send.seconds)
    if send.unit == "recipients":
        return language.ngettext(
            "mail to more than %(num)s recipient within %(length)s",
            "mail to more than %(num)s recipients within %(length)s",
            send.limit,
            length=length,
        )
    return language.ngettext(
        "more than %(num)s mail within %(length)s",
        "more than %(num)s mails within %(length)s",
        send.limit,
        length=length,
    )
