"""A document as a mail, in plain text and in HTML."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from typing import Final

from core.notify.letter import encoding, heading, letter
from core.notify.report_document import Document, html, plain
from core.notify.report_period import Period

LONGEST_SUBJECT: Final = 200


def compose(
    document: Document, recipient: str, host: str, message_id: str = "", *, bulk: bool = True
) -> EmailMessage:
    """The mail.

    Args:
        document: what it says.
        recipient: to whom it goes.
        host: this server's full name.
        message_id: see `id_of`; "" for one that no other mail has.
        bulk: say that nobody waits for it.

    Raises:
        NoticeError: the recipient is no mail address.
    """
    mail = letter(heading(document.subject, LONGEST_SUBJECT), recipient, host, message_id)
    if bulk:
        mail["Precedence"] = "bulk"  # what old vacation programs look at (RFC 3834 2)
    text, page = plain(document), html(document)
    mail.set_content(text, cte=encoding(text))
    mail.add_alternative(page, subtype="html", cte=encoding(page))
    return mail


def id_of(domain: str, period: Period, recipient: str, host: str) -> str:
    """The Message-ID of the report that is mailed by itself: the same however often it is made.

    Should a mail ever be taken twice, the mailbox can tell.

    Args:
        domain: which it is about; "" for the whole server.
        period: which days.
        recipient: to whom it goes.
        host: this server's full name.
    """
    key = f"{host}\n{domain}\n{period.id}\n{recipient}"
    return f"<report.{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:32]}@{host}>"
