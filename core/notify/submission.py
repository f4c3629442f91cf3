"""Hands a mail to this server's own mail system: by ``sendmail``, else by SMTP to port 25.

Such a mail cannot be caught by Mailward itself, and so cannot cause another notice. What sendmail
takes goes through the queue's own door and asks no policy server. What comes by SMTP from 127.0.0.1
is local, which passes every check, and has not logged in, so that no send window counts it.

The envelope's sender is empty: a notice that bounces must not come back as another mail.
"""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from core.errors import NoticeError

PLACES: Final = (Path("/usr/sbin/sendmail"), Path("/usr/lib/sendmail"))
"""Where mail servers put their ``sendmail`` (Filesystem Hierarchy Standard 3.0, 4.10 and 4.7)."""

SENDMAIL_SECONDS: Final = 15.0
SMTP_SECONDS: Final = 15.0
"""Both ways together are bounded by half a minute."""

LONGEST_COMPLAINT: Final = 300

_ACCEPTED: Final = (220, 250, 251)


def submit(
    message: EmailMessage,
    recipient: str,
    *,
    places: Sequence[Path] = PLACES,
    smtp: tuple[str, int] = ("127.0.0.1", 25),
) -> str:
    """Hand over one mail.

    Where sendmail fails, SMTP is tried: under a service manager that forbids privileges, Postfix's
    own ``postdrop`` may not write into its queue.

    Args:
        message: the mail.
        recipient: to whom it goes, whatever its headers say.
        places: where to look for ``sendmail``.
        smtp: host and port of the server that takes local mail.

    Returns:
        Which way it went and what was said, for people.

    Raises:
        NoticeError: nobody took it; the text says what each way complained about.
    """
    complaints = []
    command = next((place for place in places if os.access(place, os.X_OK)), None)
    if command is not None:
        try:
            return _by_sendmail(command, message, recipient)
        except NoticeError as error:
            complaints.append(str(error))
    try:
        return _by_smtp(smtp, message, recipient)
    except NoticeError as error:
        complaints.append(str(error))
    raise NoticeError("; ".join(complaints))


def _by_sendmail(command: Path, message: EmailMessage, recipient: str) -> str:
    # The recipient stands in the arguments and not in the headers (-t), behind "--": an address
    # that begins with "-" is no option.
    words = [str(command), "-oi", "-f", "", "--", recipient]
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise NoticeError(f"{command} cannot be run: {error.strerror}") from error
    try:
        _, said = process.communicate(message.as_bytes(), timeout=SENDMAIL_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise NoticeError(f"{command} did not end within {SENDMAIL_SECONDS:.0f} s") from None
    if process.returncode:
        raise NoticeError(f"{command} ended with {process.returncode}: {_plain(said)}")
    return f"{command} took it"


def _by_smtp(place: tuple[str, int], message: EmailMessage, recipient: str) -> str:
    where = f"{place[0]}:{place[1]}"
    # Not as a context: leaving it would complain about a bad farewell after the mail was taken.
    server = smtplib.SMTP(timeout=SMTP_SECONDS)
    try:
        with _bounded(server):
            _require(server.connect(*place))
            said = _talk(server, message, recipient)
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise NoticeError(f"{where}: {_plain(reason or type(error).__name__)}") from error
    finally:
        server.close()
    return f"the mail server at {where} took it: {said}"


def _talk(server: smtplib.SMTP, message: EmailMessage, recipient: str) -> str:
    """The dialogue, step by step, so that what the server says is not lost; returns its last word.

    `smtplib.SMTP.send_message` would tell only whether it worked.
    """
    server.ehlo_or_helo_if_needed()
    options = []
    if not recipient.isascii():
        if not server.has_extn("smtputf8"):
            raise smtplib.SMTPException(
                f"it takes no address with letters beyond ASCII, as in {recipient}"
            )
        server.command_encoding = "utf-8"
        options = ["SMTPUTF8"]
    _require(server.mail("", options))
    _require(server.rcpt(recipient))
    return _require(server.data(message.as_bytes()))


def _require(answer: tuple[int, bytes]) -> str:
    code, said = answer
    text = f"{code} {_plain(said)}"
    if code not in _ACCEPTED:
        raise smtplib.SMTPException(f"it answered {text}")
    return text


@contextmanager
def _bounded(server: smtplib.SMTP) -> Iterator[None]:
    """End the connection when all of it takes too long, however steadily it drips."""

    def end() -> None:
        if server.sock is not None:
            with suppress(OSError):
                server.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(SMTP_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _plain(said: bytes | str) -> str:
    """What a server or a program said, on one line of bounded length."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    line = " ".join(text.split()) or "without a word"
    return "".join(letter if letter.isprintable() else "?" for letter in line)[:LONGEST_COMPLAINT]
