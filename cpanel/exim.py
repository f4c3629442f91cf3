"""Where cPanel's Exim takes our lines, and how its configuration is built of them.

Facts: facts/cpanel.md 3. cPanel assembles /etc/exim.conf from pieces; of those the custom files of
each block belong to the administrator and survive rebuilds and updates. Ours is one marked line in
each, beside whatever is there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from core.errors import MailwardError
from core.mta.exim_acl import Point
from core.mta.exim_config import LOGIN_PORTS
from core.mta.exim_places import Place, Places
from core.system.blocks import MarkedBlock
from core.system.edits import Edit
from core.system.file_steps import EditFile
from core.system.host import Host
from core.system.plan import ChangePlan
from core.system.steps import Command
from cpanel import places
from cpanel.options import LocalOption, value

BLOCKS: Final[tuple[tuple[Point, str, str], ...]] = (
    ("connect", "ACL_CONNECT_BLOCK", "custom_begin_connect"),
    ("mail", "ACL_MAIL_PRE_BLOCK", "custom_begin_mail_pre"),
    ("data", "ACL_CHECK_MESSAGE_PRE_BLOCK", "custom_begin_check_message_pre"),
    ("not_smtp", "ACL_NOT_SMTP_BLOCK", "custom_begin_not_smtp"),
)
"""Where a fragment comes in. There is none at AUTH: that ACL exists only where something is in it,
and what it would ask at port 25 is asked at MAIL, which nobody passes without (facts 3.2)."""

LAST: Final = ("ACL_NOT_SMTP_BLOCK", "custom_end_not_smtp")
"""Where a last `accept` goes, on servers whose build has lost its own."""

ACCEPT: Final = MarkedBlock("exim-scripts", "  accept")

KINDS: Final[tuple[type[Edit], ...]] = (LocalOption, MarkedBlock)

SPARED: Final = ("cpanel", "mailman", "mailnull")
"""Users of cPanel's own whose mails are no customer's script."""

SECONDS: Final = 600.0
"""A build starts Perl, reads all pieces and lets Exim read the result."""

LOGIN: Final = (
    r"${if match{$authenticated_id}{\N@\N}{$authenticated_id}"
    r"{${sg{$authenticated_id}{\N[+%:]\N}{@}}}}"
)
"""A mailbox is its address, also where mail programs write it ``user+domain`` (facts 3.3). An
account that logs in by its own name is told as it is: whose box that is, root tells the daemon
(`cpanel.accounts`), so that Exim need read no list and puts off no mail over one."""

ENDS: Final = r"""
use strict; use warnings;
my ($built, @pieces) = @ARGV;
my $read = sub { local $/; open(my $f, '<', $_[0]) or return ''; my $t = <$f>; $t // '' };
my $text = $read->($built);
for my $piece (@pieces) {
    for my $line (grep { m{^\s*\.include_if_exists } } split /\n/, $read->($piece)) {
        next unless $line =~ m{/mailward/};
        $text =~ m{^\Q$line\E$}m or die "$built does not have the line of $piece\n";
    }
}
if ($text =~ m{^\s*acl_not_smtp\s*=\s*(\w+)\s*$}m) {
    my ($acl) = $text =~
        m{^[ \t]*\Q$1\E[ \t]*:[ \t]*\n(.*?)(?=^[ \t]*\w+[ \t]*:[ \t]*$|^begin\s|\z)}ms;
    my @lines = grep { !m{^\s*(?:#|\z)} } split /\n/, $acl // '';
    $lines[-1] && $lines[-1] =~ m{^\s*accept\s*$}
        or die "the ACL $1 does not end with `accept`: mails of scripts would all be refused\n";
}
"""
"""Whether the build took our lines, and whether the ACL of scripts lets through what nobody
refuses: it is there only since something is in its block, and one that just ends denies."""


def denies_scripts(text: str) -> bool:
    """Whether a built configuration refuses each mail of a script, because of us: its ACL is there
    since our line is in it, and does not end with `accept` (any more).

    Args:
        text: of /etc/exim.conf.
    """
    named = re.search(r"(?m)^[ \t]*acl_not_smtp[ \t]*=[ \t]*(\w+)[ \t]*$", text)
    if named is None:
        return False
    begin = rf"(?m)^[ \t]*{named[1]}[ \t]*:[ \t]*\n"
    found = re.search(begin + r"((?:(?![ \t]*\w+[ \t]*:[ \t]*$|begin\s).*\n?)*)", text)
    lines = [line.strip() for line in found[1].splitlines()] if found else []
    said = [line for line in lines if line and not line.startswith("#")]
    ours = any(re.match(r"\.include_if_exists .*/mailward/", line) for line in said)
    return ours and said[-1] != "accept"


def hook_file(block: str, name: str) -> str:
    """The path of a custom file."""
    return f"{places.ACLS}/{block}/{name}"


def hook_places(host: Host, state: Path) -> Places:
    """Everything about cPanel's Exim that Exim does not say itself.

    Args:
        host: the machine.
        state: folder of undo records, for what the switches were before us.
    """
    files = [hook_file(block, name) for _, block, name in BLOCKS]
    last = (EditFile(hook_file(*LAST), (ACCEPT,)),) if _needs_last(host, state) else ()
    return Places(
        tuple(Place(point, file) for (point, _, _), file in zip(BLOCKS, files, strict=True)),
        more=(EditFile(places.LOCAL_OPTIONS, _options(host, state, accepts=bool(last))), *last),
        kinds=KINDS,
        build=(
            Command(
                (places.BUILD_EXIM, "--acl_dry_run"),
                check=True,
                timeout=SECONDS,
                wanted=("Dry Run ok",),
            ),
            Command((places.BUILD_EXIM,), timeout=SECONDS, wanted=("passes test",)),
            Command((places.EXIM, "-C", places.EXIM_CONF, "-bV"), check=True),
            Command((places.PERL, "-e", ENDS, places.EXIM_CONF, *files), check=True),
        ),
        reload=(Command((places.RESTART_EXIM,), timeout=SECONDS),),
        ports=tuple(sorted({*LOGIN_PORTS, *other_ports(host)})),
        spared=SPARED,
        login=LOGIN,
    )


def other_ports(host: Host) -> list[int]:
    """Where "Exim on another port" is switched on (facts 3.3): people use it for sending. Several
    ports are one file, `exim-26,2525`."""
    try:
        names = [path.name for path in host.path(places.SERVICES).iterdir()]
    except OSError:
        return []
    lists = [name[5:] for name in names if re.fullmatch(r"exim-\d{1,5}(, ?\d{1,5})*", name)]
    ports = {int(number) for each in lists for number in each.split(",")}
    return sorted(port for port in ports if port != 25 and 0 < port < 65_536)


def _needs_last(host: Host, state: Path) -> bool:
    """Whether the ACL of scripts needs an `accept` of ours. What has it keeps it: without it, the
    next build would refuse them again."""
    path = hook_file(*LAST)
    if any(step.path == path and step.edits for step in _recorded(host, state)):
        return True
    return denies_scripts(_text(host, places.EXIM_CONF))


def _options(host: Host, state: Path, *, accepts: bool) -> tuple[Edit, ...]:
    """The switches, with what each was before our first plan."""
    steps = [step for step in _recorded(host, state) if step.path == places.LOCAL_OPTIONS]
    edits = [edit for step in steps for edit in step.edits]
    known = {edit.key: edit for edit in edits if isinstance(edit, LocalOption)}
    text = _text(host, places.LOCAL_OPTIONS)
    found = []
    for name in (*(name for _, _, name in BLOCKS), *((LAST[1],) if accepts else ())):
        option = LocalOption(f"acl_{name}", "1", value(text, f"acl_{name}"))
        found.append(known.get(option.key, option))
    return tuple(found)


def _recorded(host: Host, state: Path) -> list[EditFile]:
    """The edits of our last plan."""
    try:
        plan = ChangePlan.recorded(host, state, "exim", KINDS)
    except (MailwardError, OSError):
        return []  # whoever applies or undoes it is told what is wrong with it
    return [step for step in (plan.steps if plan else ()) if isinstance(step, EditFile)]


def _text(host: Host, path: str) -> str:
    try:
        return host.path(path).read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
