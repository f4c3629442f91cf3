"""DirectAdmin's own: limits, BlockCracking, Easy Spam Fighter, Brute Force Monitor
(facts/directadmin.md 2.4, facts/features.md 10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.mta.neighbours.finding import Finding, Site, Weight, assignments, number
from core.words import N_

LIMIT: Final = "/etc/virtual/limit"
MAILBOX_LIMIT: Final = "/etc/virtual/user_limit"
CRACKING: Final = "/etc/exim.blockcracking/variables.conf"
CRACKING_CUSTOM: Final = "/etc/exim.blockcracking/variables.conf.custom"
FIGHTER: Final = "/etc/exim.easy_spam_fighter/variables.conf"
BLOCKER: Final = "/usr/local/directadmin/scripts/custom/block_ip.sh"


def look(site: Site) -> Iterator[Finding]:
    """What DirectAdmin does to people who log in or send."""
    for name, whom in ((LIMIT, "account"), (MAILBOX_LIMIT, "mailbox")):
        limit = number(site.text(name))
        if limit:
            yield Finding(
                "DirectAdmin",
                f"{limit} mails a day for each {whom}",
                name,
                Weight.OVERLAPS,
                N_(
                    "Whoever reaches it cannot send until midnight, and Mailward's pages do not "
                    "show it."
                ),
                N_("Both may stay: a limit by day must be well above send.limit."),
            )
    yield from _cracking(site)
    if site.has(BLOCKER):
        yield Finding(
            "Brute Force Monitor",
            "block_ip.sh",
            BLOCKER,
            Weight.OVERLAPS,
            N_(
                "It counts failed logins of an address, those of mail programs, too, and blocks "
                "it: one phone with an old password shuts out an office."
            ),
            N_(
                "Raise its limits for IMAP, POP3 and SMTP, and put exempt addresses on its skip "
                "list."
            ),
        )
    if site.has(FIGHTER):
        yield Finding(
            "Easy Spam Fighter",
            "installed",
            FIGHTER,
            Weight.BESIDE,
            N_("It rates mail that comes in; Mailward looks at logins and mail that goes out."),
            N_("Leave it as it is."),
        )


def _cracking(site: Site) -> Iterator[Finding]:
    if not site.has(CRACKING):
        return
    values = assignments(site.text(CRACKING)) | _custom(site)
    limit, period = values.get("BC_LIM", "100"), values.get("BC_PERIOD", "1h")
    yield Finding(
        "BlockCracking",
        f"BC_LIM = {limit}, BC_PERIOD = {period}",
        CRACKING,
        Weight.OVERLAPS,
        N_(
            "It blocks an account that sends to many addresses that do not exist, until the "
            "password is changed or somebody lets it go in DirectAdmin; a release in Mailward "
            "does not end that."
        ),
        N_(
            "Both may stay. Accounts that it has blocked stand in "
            "/var/spool/exim/blocked_authenticated_users."
        ),
    )


def _custom(site: Site) -> dict[str, str]:
    """An override is written with ``==``."""
    found = assignments(site.text(CRACKING_CUSTOM))
    return {name: value.lstrip("= ") for name, value in found.items()}
