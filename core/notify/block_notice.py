"""The mail that tells the administrator that an account is blocked.

Composes it; does not send it. What comes from outside (the account's name, the evidence) can add
neither a header nor a paragraph: it is one line of letters that show as themselves, and in the
subject it holds no encoded word, because `email.message` would decode it, line breaks and all.
"""

from __future__ import annotations

import shlex
import time
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate, make_msgid
from typing import Final

from msgspec import Struct

from core.errors import NoticeError
from core.store.block import Block

LONGEST_LINE: Final = 900
"""Letters of a line that is sent as it is."""

LONGEST_IN_SUBJECT: Final = 120
"""Letters of an account's name in the subject; the text has it whole."""


class Wording(Struct, frozen=True):
    """A notice in one language.

    Attributes:
        subject, body: templates; see `_fill` for what is filled in.
        test_subject, test_body: what stands before them in a test.
        sender: name beside the sender's address.
    """

    subject: str
    body: str
    test_subject: str
    test_body: str
    sender: str


ENGLISH: Final = Wording(
    sender="Mailward",
    test_subject="Test: ",
    test_body="This is a test. Nobody is blocked; a real notice reads like this:\n\n",
    subject="Blocked from sending: {account}",
    body="""\
{host} has blocked the account {account} from sending mail.

    since     {since}
    until     {until}
    why       {evidence}

A mailbox that suddenly sends so much has usually been taken over: somebody knows its password.

What to do now

  1. Change the password of {account}. Otherwise it starts again when the block ends.
  2. Look at what was sent, and from where:
         mailward events --account {quoted}
  3. Release the account when its owner is back in control:
         mailward blocked release {quoted}
     Without that the block ends by itself at the time above.

If this account is meant to send that much, a newsletter for instance, exempt it:

         mailward exempt add --send {quoted}

There is one such mail for each block. It goes to notify.address, as it is set on {host}.
""",
)

WORDINGS: Final = {"en": ENGLISH}
"""Language (ISO 639-1) -> wording. A language is added here and nowhere else."""


def compose(
    block: Block, recipient: str, host: str, *, language: str = "en", test: bool = False
) -> EmailMessage:
    """The notice about one block.

    Args:
        block: the block.
        recipient: the administrator's address.
        host: this server's full name.
        language: of the text (ISO 639-1); English stands in for one without wording.
        test: say that nothing has happened.

    Raises:
        NoticeError: the recipient is no mail address.
    """
    wording = WORDINGS.get(language, ENGLISH)
    filled = _fill(block, host)
    account = filled["account"][:LONGEST_IN_SUBJECT].replace("=?", "= ?")
    subject = filled | {"account": account}
    prefixes = (wording.test_subject, wording.test_body) if test else ("", "")
    notice = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    notice["From"] = Address(wording.sender, "mailward", host)
    notice["To"] = _address(recipient)
    notice["Subject"] = prefixes[0] + wording.subject.format_map(subject)
    notice["Date"] = formatdate(localtime=True)
    notice["Message-ID"] = make_msgid("mailward", host)
    # No vacation reply to this, please (RFC 3834 5).
    notice["Auto-Submitted"] = "auto-generated"
    body = prefixes[1] + wording.body.format_map(filled)
    # Not every server takes 8-bit text, and none takes lines without end (RFC 5322 2.1.1).
    plain = body.isascii() and all(len(line) < LONGEST_LINE for line in body.splitlines())
    notice.set_content(body, cte="7bit" if plain else "quoted-printable")
    return notice


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


def _fill(block: Block, host: str) -> dict[str, str]:
    account = _line(block.account)
    quoted = shlex.quote(account)
    return {
        "account": account,
        "quoted": f"-- {quoted}" if account.startswith("-") else quoted,
        "host": host,
        "since": _moment(block.started),
        "until": _moment(block.until),
        "evidence": _line(block.evidence),
    }


def _line(text: str) -> str:
    """One line of letters that show as themselves."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))
