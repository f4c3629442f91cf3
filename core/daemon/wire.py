"""The policy wire: Postfix policy delegation, as text. Parses and writes; opens no socket.

One request is ``name=value`` lines and a blank line (Postfix SMTPD_POLICY_README); Exim, the qmail
programs and the Windows program speak the same with the same names. Only what is needed is read,
and nothing a client can put into a value raises here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter

from core.engine.decide import Decision
from core.engine.refusal import plain, status
from core.engine.request import Request
from core.settings.account import normalise
from core.words import SERVICE_OF_PORT, Reason, Service, Stage, Verdict

LONGEST = 65_536
"""Octets of a request; Postfix stays below 4 kB unless a client sends absurd names."""

LONGEST_WORD = 128
"""Octets of an address, a port or a queue id that are kept; the longest real ones have half."""

LONGEST_FOLDER = 256
"""Octets of a folder's name that are kept."""

DUNNO = b"action=DUNNO\n\n"
"""No opinion: the mail server goes on with its own rules."""

LATER = b"action=DEFER 4.3.0 Please try again in a moment\n\n"
"""For a mail that is over the limit while the block cannot be written down yet."""

_STAGE = {
    b"connect": Stage.CONNECT,
    b"auth": Stage.AUTH,
    b"send": Stage.SEND,
    b"CONNECT": Stage.CONNECT,
    b"XCLIENT": Stage.CONNECT,
    b"AUTH": Stage.CONNECT,
    b"MAIL": Stage.AUTH,
    b"RCPT": Stage.AUTH,
    b"DATA": Stage.AUTH,
    b"END-OF-MESSAGE": Stage.SEND,
}
"""`policy_context` where it is ours, else `protocol_state`: with a delayed rejection or after
XCLIENT the state is not the one the restriction list is named after (facts/mta_hooks.md 1.3)."""

_CONNECT, _AUTH, _ALLOW, _UNKNOWN = Stage.CONNECT, Stage.AUTH, Verdict.ALLOW, Service.UNKNOWN
"""Here because every request needs them: before Python 3.12, `Stage.AUTH` is slow to look up."""

_SERVICE = {str(port).encode(): service for port, service in SERVICE_OF_PORT.items()}


_ASKER = (
    *(b"policy_context", b"protocol_state", b"client_address", b"server_port"),
    *(b"sasl_username", b"local_user", b"mta"),
)
"""The attributes that say who asks what. Where they are equal, so is the question."""

_OCCASION = (b"client_port", b"instance", b"recipient_count", b"queue_id", b"script_folder")
"""The attributes that tell apart when it is asked again."""


Attributes = tuple[bytes, tuple[bytes, ...]]
"""The attributes that are read, as they came, b"" for one that is absent: those of `_ASKER`, with a
line break between them, and those of `_OCCASION`."""

_join = b"\n".join
_WANTED = {*_ASKER, *_OCCASION}
_NAME = re.compile(rb"[A-Za-z0-9_]{1,64}")


class Layout:
    """The order in which one mail server writes its attributes, as one regular expression."""

    __slots__ = ("asker", "match", "occasion")

    def __init__(self, names: list[bytes]) -> None:
        pattern, groups = [], []
        for name in names:
            if name in _WANTED and name not in groups:
                pattern.append(name + rb"=(.*)\n")
                groups.append(name)
            else:
                pattern.append(name + rb"=.*+\n")
        pattern.append(rb"\n()")  # the last group stands for whatever is absent
        places = {name: place for place, name in enumerate(groups)}
        self.match = re.compile(b"".join(pattern)).fullmatch
        self.asker = itemgetter(*(places.get(name, -1) for name in _ASKER))
        self.occasion = itemgetter(*(places.get(name, -1) for name in _OCCASION))


class Reader:
    """Reads requests; learns how the mail servers of this machine write them.

    A mail server sends the same attributes in the same order for ever. The order is learnt from its
    first request, and every later one is read by a single match: four times as fast as looking for
    each attribute. What does not match is read line by line.
    """

    LAYOUTS = 8
    """Orders that are remembered; each mail server of a machine has one or two."""

    def __init__(self) -> None:
        self._layouts: list[Layout] = []

    def recognise(self, buffer: bytes | bytearray, size: int) -> Attributes | None:
        """The attributes of exactly one whole request in an order that is known, None otherwise.

        Args:
            buffer: holds the request, its blank line included.
            size: how much of the buffer counts.
        """
        for layout in self._layouts:
            match = layout.match(buffer, 0, size)
            if match is not None:
                groups = match.groups()
                return _join(layout.asker(groups)), layout.occasion(groups)
        return None

    def attributes(self, block: bytes) -> Attributes:
        """The attributes of one request; of a repeated attribute the first one counts.

        Args:
            block: its lines, each with its line break; without the blank line at the end.
        """
        known = self.recognise(block + b"\n", len(block) + 1)
        if known is not None:
            return known
        names: list[bytes] = []
        values: dict[bytes, bytes] = {}
        for line in block.split(b"\n")[:-1]:
            name, _, value = line.partition(b"=")
            names.append(name)
            if name in _WANTED:
                values.setdefault(name, value)
        if len(self._layouts) < self.LAYOUTS and all(_NAME.fullmatch(name) for name in names):
            self._layouts.append(Layout(names))
        asker = b"\n".join([values.get(name, b"") for name in _ASKER])
        return asker, tuple(values.get(name, b"") for name in _OCCASION)


def question(asker: bytes, account_of: Callable[[str], str]) -> Request | None:
    """The question, without its occasion.

    Args:
        asker: see `Attributes`.
        account_of: tells which account a login name means.

    Returns:
        The question, or None when it is none that we have an opinion about: mail from outside
        that nobody logged in for, or a stage we are not asked for.
    """
    context, state, raw_address, server_port, user, local_user, mta = asker.split(b"\n")
    stage = _STAGE.get(context) or _STAGE.get(state)
    if stage is None:
        return None
    address = word(raw_address)
    service = _SERVICE.get(server_port, _UNKNOWN)
    if stage is _CONNECT:
        return Request(stage, address, service, closes=not mta)
    account = account_of(user.decode("utf-8", "replace"))
    if local_user:
        account = "local:" + normalise(local_user.decode("utf-8", "replace"))
        service = Service.LOCAL
    if not account:
        return None
    return Request(stage, address, service, account, sending=True)


def set_message(request: Request, occasion: tuple[bytes, ...]) -> None:
    """Say which message a question is about, that was asked before about another one.

    Args:
        request: from `question`.
        occasion: see `Attributes`.
    """
    _, instance, recipients, queue_id, folder = occasion
    request.queue_id = word(queue_id) if queue_id else ""
    request.message = instance.decode("ascii", "replace") if instance else request.queue_id
    count = FEW.get(recipients)
    request.recipients = _number(recipients) if count is None else count
    request.folder = _folder(folder) if folder else ""


FEW = {b"": 0, **{str(count).encode(): count for count in range(100)}}
"""Usual numbers of recipients, which are slow to read."""


def _number(raw: bytes) -> int:
    return int(raw) if raw.isdigit() and len(raw) < 10 else 0


def word(raw: bytes) -> str:
    """An address, a port or a queue id as text."""
    return raw[:LONGEST_WORD].decode("ascii", "replace")


def _folder(raw: bytes) -> str:
    """The name of a folder, which its owner chose, as text that fits into a line."""
    text = raw[:LONGEST_FOLDER].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def write(answer: Decision, text: str, closes: bool = False) -> bytes:
    """The answer.

    Args:
        answer: what was decided.
        text: the refusal's text.
        closes: the mail server hangs up after 521, which is what a known attacker gets (access(5)).
    """
    if answer.verdict is _ALLOW:
        return DUNNO
    if answer.verdict is Verdict.DEFER:
        action = "DEFER"
    elif closes and answer.reason is Reason.NETWORK_ATTACKER:
        action = "521"
    else:
        action = "REJECT"
    return f"action={action} {status(answer)} {plain(text)}\n\n".encode("ascii", "replace")
