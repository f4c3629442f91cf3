"""What root last found out from the panel, as far as it counts in every decision.

Which domains have Mailward off in their hosting plan, and whose mailbox a login name without a
domain is. The daemon must not ask the panel, and the command line need not: both read what
`mailward reconcile` wrote down (`core.desk.panel_record`). Where nothing is written down, or it
cannot be read, every plan has Mailward on, and a login name is what it is: a missing file must not
take anybody's own rules away, and no mail is put off for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from core.desk.panel_record import LARGEST, NAME
from core.settings.account import normalise

if TYPE_CHECKING:
    from core.settings.config import Config

Stamp = tuple[int, int, int]

NOTHING: Final[Stamp] = (0, 0, 0)


class Told(Struct, frozen=True):
    """What counts.

    Attributes:
        without_plan: domains whose hosting plan has Mailward off.
        homes: the account of everybody who may log in by a name without a domain.
    """

    without_plan: frozenset[str] = frozenset()
    homes: Mapping[str, str] = {}


class _Domain(Struct):
    name: str
    enabled: bool = True
    login: str = ""


class _Record(Struct):
    """The part of a record that matters here; the mailboxes of a large server are skipped."""

    domains: list[_Domain] = []


def stamp(config: Config) -> Stamp:
    """Changes with what root wrote down; `NOTHING` where there is nothing."""
    try:
        found = (config.state / NAME).stat()
    except OSError:
        return NOTHING
    return found.st_mtime_ns, found.st_ino, found.st_size


def told(config: Config) -> Told:
    """What the panel has told root. Never raises.

    Args:
        config: where the state directory is.
    """
    try:
        with (config.state / NAME).open("rb") as file:
            content = file.read(LARGEST + 1)
        found = msgspec.json.decode(content, type=_Record)
    except (OSError, msgspec.DecodeError):
        return Told()
    return Told(
        frozenset(normalise(each.name) for each in found.domains if not each.enabled),
        {
            normalise(each.login): normalise(f"{each.login}@{each.name}")
            for each in found.domains
            if each.login and "@" not in each.login
        },
    )
