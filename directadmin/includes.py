"""Where DirectAdmin's Exim takes our lines: looked for in its configuration before it is relied on.

Facts: facts/directadmin.md 0 and 2. DirectAdmin builds /etc/exim.conf anew whenever it likes; each
of its ACLs begins by including a file that belongs to everybody and survives that. There is none
where a connection begins or where somebody logs in, so the daemon is asked at HELO, before which
nobody can log in, and at RCPT instead of MAIL, whose ACL is a bare ``accept`` at port 587.
"""

from __future__ import annotations

import re
from typing import Final

from core.errors import PlanError
from core.mta.exim_acl import Point
from core.mta.exim_config import LOGIN_PORTS, EximConfig
from core.mta.exim_places import Place, Places, option
from core.mta.knock import port_number
from core.system import files
from directadmin import places

SPARED: Final = (places.OWNER,)
"""Whose mails are no customer's script: DirectAdmin's own."""

NAMED_PORTS: Final = ("submission", "submissions", "smtps")

_INCLUDE = re.compile(r"\s*\.include(?:_if_exists)?\s+(\S+)\s*")
_ACL = re.compile(r"\s*(\w+)\s*:\s*")


def find(config: EximConfig) -> Places:
    """Everything about DirectAdmin's Exim that Exim does not say itself.

    Args:
        config: the Exim.

    Raises:
        PlanError: an include point is not there, or in an ACL that Exim does not use.
    """
    file = config.file or places.EXIM_CONF
    state = files.read(config.host.path(file))
    found = included(files.decode(state.data) if state else "")
    missing = [
        path
        for point, path in places.EXIM_INCLUDES.items()
        if not _is_used(config, point, found.get(path, ""))
    ]
    if missing:
        lines = "; ".join(f".include_if_exists {path}" for path in missing)
        raise PlanError(
            f"{file} lacks these lines at the beginning of its ACLs: {lines}. Mailward's questions "
            "come in there. Bring Exim's configuration up to date with `da build exim_conf`; where "
            "a file of your own below custombuild/custom takes its place, add the lines to that one"
        )
    return Places(
        tuple(Place(point, path) for point, path in places.EXIM_INCLUDES.items()),
        folder=places.FRAGMENTS,
        ports=ports(config),
        spared=SPARED,
    )


def included(text: str) -> dict[str, str]:
    """The files that ACLs include, with the name of the ACL.

    Args:
        text: Exim's configuration.
    """
    found: dict[str, str] = {}
    acl, inside = "", False
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["begin"]:
            acl, inside = "", words[1:2] == ["acl"]
        elif inside and (named := _ACL.fullmatch(line)):
            acl = named[1]
        elif acl and (include := _INCLUDE.fullmatch(line)):
            found.setdefault(include[1], acl)
    return found


def ports(config: EximConfig) -> tuple[int, ...]:
    """Where people log in before they do anything else: the two usual ports, whatever speaks TLS
    from the start, and what the machine calls submission."""
    named = {port_number(config.host, name) for name in NAMED_PORTS}
    listening = config.ports()
    own = {port for port, tls in listening.items() if tls or port in named}
    return tuple(sorted({*LOGIN_PORTS, *own}))


def _is_used(config: EximConfig, point: Point, acl: str) -> bool:
    """Whether Exim's option names that ACL, perhaps among conditions."""
    return bool(acl) and re.search(rf"\b{acl}\b", config.options.get(option(point), "")) is not None
