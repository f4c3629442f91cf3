"""What every mail of ours has: its headers, and text that nobody from outside can add to.

What comes from outside (login names, evidence) can add neither a header nor a paragraph: `line`
makes it one line of letters that show as themselves, and `heading` takes care that a subject holds
no encoded word, because `email.message` would decode it, line breaks and all.
"""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate, make_msgid
from typing import Final, Literal

from core.errors import NoticeError

SENDER: Final = "Mailward"
"""Name beside the sender's address."""

LONGEST_LINE: Final = 900
"""Letters of a line that is sent as it is."""


def letter(subject: str, recipient: str, host: str, message_id: str = "") -> EmailMessage:
    """An empty mail with its headers.

    Args:
        subject: one line, see `heading`.
        recipient: to whom it goes.
        host: this server's full name.
        message_id: "" for one that no other mail has.

    Raises:
        NoticeError: the recipient is no mail address.
    """
    mail = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    mail["From"] = Address(SENDER, "mailward", host)
    mail["To"] = _address(recipient)
    mail["Subject"] = subject
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = message_id or make_msgid("mailward", host)
    # No vacation reply to this, please (RFC 3834 5).
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def encoding(text: str) -> Literal["7bit", "quoted-printable"]:
    """How a text travels: not every server takes 8-bit text, and none takes lines without end
    (RFC 5322 2.1.1)."""
    plain = text.isascii() and all(len(each) < LONGEST_LINE for each in text.splitlines())
    return "7bit" if plain else "quoted-printable"


def line(text: str) -> str:
    """One line of letters that show as themselves."""
    return "".join(each if each.isprintable() else "?" for each in text)


def heading(text: str, longest: int) -> str:
    """The same for a subject, where encoded words (RFC 2047) would be decoded.

    Args:
        text: what comes from outside.
        longest: how many letters of it are kept.
    """
    return line(text)[:longest].replace("=?", "= ?")


def _address(text: str) -> Address:
    user, _, domain = text.rpartition("@")
    try:
        found = Address(username=user, domain=domain)
        parsed = Address(addr_spec=text.encode("ascii", "replace").decode())
    except (ValueError, IndexError, MessageError) as error:
        raise NoticeError(f"{text!r} is no mail address") from error
    if "=?" in text or not parsed.domain:
        raise NoticeError(f"{text!r} is no mail address")
    return found
