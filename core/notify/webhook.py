"""Tells a webhook of one event, once, and says what became of it; trying again is for others.

Bounded in every direction: time, size of the answer, and where it leads. A redirect is an answer
like any other that is not "taken", never a place to go to.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final

from msgspec import Struct

from core import __version__
from core.errors import NoticeError
from core.notify import webhook_event, webhook_place
from core.notify.host_name import host_name
from core.notify.webhook_event import WebhookEvent
from core.notify.webhook_place import Place, Resolve, resolve
from core.notify.webhook_sign import HEADER, signature
from core.settings.model import Settings

SECONDS: Final = 10.0
"""How long the receiver may be silent."""

TOTAL_SECONDS: Final = 20.0
"""How long one attempt may take, however steadily the answer drips."""

MOST_READ: Final = 2_000
"""Octets of an answer that are read: enough for what it complains about."""

MOST_SAID: Final = 200
"""Letters of it that people are shown."""

LONGEST_WAIT: Final = 3600.0
"""Seconds that a receiver may ask to be left alone."""

_AGAIN: Final = frozenset({408, 425, 429})
"""Of the answers that blame us (RFC 9110 15.5), those that may be others later."""


class Outcome(Struct, frozen=True):
    """What became of an attempt.

    Attributes:
        taken: the receiver has it.
        final: trying again would change nothing.
        text: for people: what was answered, or what went wrong; never the address's path.
        wait: seconds to wait at least, as the receiver asks; 0 when it does not.
    """

    taken: bool
    final: bool
    text: str
    wait: float = 0.0


class Sender:
    """Sends events.

    Args:
        lookup: finds a host's addresses.
        context: of TLS; None for one that trusts what the system trusts.
    """

    def __init__(self, lookup: Resolve = resolve, context: ssl.SSLContext | None = None) -> None:
        self._lookup = lookup
        self._context = context

    def send(self, event: WebhookEvent, settings: Settings, attempt: int = 1) -> Outcome:
        """Send an event once. Never raises.

        Args:
            event: what happened.
            settings: the server's.
            attempt: which one this is, from 1; the receiver is told.
        """
        hook = settings.webhook
        body = webhook_event.document(event, host_name(), __version__, settings.notify.pages)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"mailward/{__version__}",
            "Mailward-Event": event.kind,
            "Mailward-Delivery": event.id,
            "Mailward-Attempt": str(attempt),
        }
        if hook.secret:
            headers[HEADER] = signature(hook.secret, body, time.time())
        try:
            place = webhook_place.find(hook.url, self._lookup)
            return self._post(place, body, headers)
        except NoticeError as error:
            return Outcome(False, False, str(error))
        except (OSError, HTTPException, ValueError) as error:
            return Outcome(False, False, f"{webhook_place.host_of(hook.url)}: {_in_words(error)}")

    def _post(self, place: Place, body: bytes, headers: dict[str, str]) -> Outcome:
        wire = socket.create_connection((place.address, place.port), SECONDS)
        if place.secure:
            context = self._context or ssl.create_default_context()
            # Wrapping takes the socket over; the handshake waits until it can be cut off.
            wire = context.wrap_socket(
                wire, server_hostname=place.host, do_handshake_on_connect=False
            )
        late = threading.Event()
        clock = threading.Timer(TOTAL_SECONDS, _cut, (wire, late))
        clock.daemon = True
        clock.start()
        try:
            if isinstance(wire, ssl.SSLSocket):
                wire.do_handshake()
            connection = HTTPConnection(place.host, place.port)
            connection.sock = wire
            own = {"Host": place.authority, "Connection": "close"}
            connection.request("POST", place.target, body, own | headers)
            answer = connection.getresponse()
            return judged(place.host, answer.status, _said(answer), _asked_to_wait(answer))
        except (OSError, HTTPException) as error:
            if late.is_set():
                raise TimeoutError(f"it takes longer than {TOTAL_SECONDS:g} seconds") from error
            raise
        finally:
            clock.cancel()
            wire.close()


def _cut(wire: socket.socket, late: threading.Event) -> None:
    """End a connection that drips: each octet resets the socket's own clock."""
    late.set()
    with suppress(OSError):
        socket.socket.shutdown(wire, socket.SHUT_RDWR)


def _said(answer: HTTPResponse) -> str:
    """The beginning of an answer that is not "taken", on one line."""
    if 200 <= answer.status < 300:
        return ""
    text = answer.read(MOST_READ).decode(errors="replace")
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:MOST_SAID]


def _asked_to_wait(answer: HTTPResponse) -> float:
    """Seconds of Retry-After (RFC 9110 10.2.3)."""
    value = (answer.getheader("Retry-After") or "").strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return min(LONGEST_WAIT, float(value))
    try:
        seconds = parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError):
        return 0.0
    return min(LONGEST_WAIT, max(0.0, seconds))


def judged(host: str, status: int, said: str, wait: float) -> Outcome:
    """What an answer means.

    Args:
        host: who answered.
        status: HTTP's.
        said: the beginning of the answer.
        wait: seconds that it asks for.
    """
    if 200 <= status < 300:
        return Outcome(True, True, f"{host} answered {status}")
    if 300 <= status < 400:
        text = f"{host} answered {status}: it leads elsewhere, which is not followed"
        return Outcome(False, False, f"{text}; set webhook.url to where it leads")
    text = f"{host} answered {status}" + (f": {said}" if said else "")
    return Outcome(False, 400 <= status < 500 and status not in _AGAIN, text, wait)


def _in_words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError) and "longer" not in str(error):
        return f"it is silent for {SECONDS:g} seconds"
    return getattr(error, "strerror", "") or str(error) or type(error).__name__
