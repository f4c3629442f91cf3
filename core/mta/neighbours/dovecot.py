"""Dovecot: another policy server, of which it can have one only (facts/mta_hooks.md 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.mta.neighbours.finding import Finding, Site, Weight
from core.words import N_

FOLDER: Final = "/etc/dovecot"

_URL: Final = re.compile(r"^[ \t]*auth_policy_server_url[ \t]*=[ \t]*(\S+)", re.MULTILINE)


def look(site: Site) -> Iterator[Finding]:
    """A policy server that is not ours, such as cPHulk or weakforced.

    Ours stands in a file that does not end in ``.conf`` (`core.mta.dovecot`).
    """
    for name in (
        f"{FOLDER}/dovecot.conf",
        *site.names(f"{FOLDER}/conf.d", ".conf"),
        f"{FOLDER}/local.conf",
    ):
        for url in _URL.findall(site.text(name)):
            yield Finding(
                "cPHulk" if "dovecot-auth-policy" in url else "Dovecot's policy server",
                f"auth_policy_server_url = {url}",
                name,
                Weight.COLLIDES,
                N_(
                    "Dovecot asks one policy server only. While it asks this one, Mailward learns "
                    "of logins from the mail log, later, and cannot refuse them at IMAP and POP3."
                ),
                N_(
                    "Decide for one of them. Where this one is to stay, leave Mailward out of "
                    "Dovecot: it still guards sending."
                ),
            )
