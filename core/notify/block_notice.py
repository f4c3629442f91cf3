"""The mail that tells the administrator that an account is blocked.

Composes it; does not send it.
"""

from __future__ import annotations

import shlex
import time
from email.message import EmailMessage
from typing import Final

from msgspec import Struct

from core.notify.letter import encoding, heading, letter, line
from core.store.block import Block

LONGEST_IN_SUBJECT: Final = 120
"""Letters of an account's name in the subject; the text has it whole."""


class Wording(Struct, frozen=True):
    """A notice in one language.

    Attributes:
        subject, body: templates; see `_fill` for what is filled in.
        test_subject, test_body: what stands before them in a test.
    """

    subject: str
    body: str
    test_subject: str
    test_body: str


ENGLISH: Final = Wording(
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

GERMAN: Final = Wording(
    test_subject="Test: ",
    test_body="Dies ist ein Test. Niemand ist gesperrt; eine echte Nachricht liest sich so:\n\n",
    subject="Für den Versand gesperrt: {account}",
    body="""\
{host} hat das Konto {account} für den Versand gesperrt.

    seit      {since}
    bis       {until}
    warum     {evidence}

Ein Postfach, das plötzlich so viel versendet, ist meist in fremde Hände geraten: Jemand kennt sein
Passwort.

Was jetzt zu tun ist

  1. Ändern Sie das Passwort von {account}. Sonst beginnt es von vorn, wenn die Sperre endet.
  2. Sehen Sie nach, was versendet wurde, und von wo:
         mailward events --account {quoted}
  3. Geben Sie das Konto frei, wenn sein Inhaber es wieder in der Hand hat:
         mailward blocked release {quoted}
     Ohne das endet die Sperre von selbst zum oben genannten Zeitpunkt.

Soll dieses Konto so viel versenden, etwa einen Newsletter, nehmen Sie es aus:

         mailward exempt add --send {quoted}

Für jede Sperre gibt es eine solche Mail. Sie geht an notify.address, wie es auf {host} eingestellt
ist.
""",
)

WORDINGS: Final = {"en": ENGLISH, "de": GERMAN}
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
    subject = filled | {"account": heading(block.account, LONGEST_IN_SUBJECT)}
    prefixes = (wording.test_subject, wording.test_body) if test else ("", "")
    notice = letter(prefixes[0] + wording.subject.format_map(subject), recipient, host)
    body = prefixes[1] + wording.body.format_map(filled)
    notice.set_content(body, cte=encoding(body))
    return notice


def _fill(block: Block, host: str) -> dict[str, str]:
    account = line(block.account)
    quoted = shlex.quote(account)
    return {
        "account": account,
        "quoted": f"-- {quoted}" if account.startswith("-") else quoted,
        "host": host,
        "since": _moment(block.started),
        "until": _moment(block.until),
        "evidence": line(block.evidence),
    }


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))
