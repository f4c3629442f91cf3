"""Whether cPanel's Dovecot can be made to ask us without freezing its configuration.

cPanel builds dovecot.conf from a template. Who changes the template gets a copy of it that no
update of cPanel touches again, in a syntax that the next Dovecot may not know (facts/cpanel.md 4).
Mailward does not make such a copy: it joins in where the template in use includes a folder.
"""

from __future__ import annotations

import re
from typing import Final

from core.system import files
from core.system.host import Host

CONFIGURATION: Final = "/etc/dovecot/dovecot.conf"

TEMPLATES: Final = (
    "/var/cpanel/templates/dovecot/main.local",
    "/var/cpanel/templates/dovecot2.4/main.local",
    "/var/cpanel/templates/dovecot2.3/main.local",
    "/var/cpanel/templates/dovecot/main.default",
    "/var/cpanel/templates/dovecot2.4/main.default",
    "/var/cpanel/templates/dovecot2.3/main.default",
)
"""The first that is there is the one in use."""

_FOLDER = re.compile(r"(?m)^[ \t]*!include(?:_try)?[ \t]+(\S+\*\S*)")


def obstacle(host: Host) -> str:
    """Why Dovecot cannot be made to ask, "" where it can."""
    template = next((path for path in TEMPLATES if host.exists(path)), "")
    lasting = set(_FOLDER.findall(_text(host, template))) if template else set()
    if not lasting:
        return (
            "cPanel's template of dovecot.conf includes no folder, and a changed template would be "
            "left out of cPanel's updates"
        )
    if not lasting & set(_FOLDER.findall(_text(host, CONFIGURATION))):
        return "dovecot.conf was not built yet from the template that includes a folder"
    return ""


def _text(host: Host, path: str) -> str:
    state = files.read(host.path(path))
    return files.decode(state.data) if state else ""
