"""What cPanel's build of Exim's configuration starts from: ACLs with places for pieces.

Which ACLs there are, and that two of them are there only when something is in their block, is in
facts/cpanel.md 3.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ACLS: Final[Mapping[str, tuple[str, ...]]] = {
    "acl_connect": ("CONNECT",),
    "acl_mail": ("MAIL_PRE", "MAIL"),
    "acl_check_message": ("CHECK_MESSAGE_PRE",),
    "acl_smtp_auth": ("SMTP_AUTH",),
    "acl_not_smtp": ("NOT_SMTP",),
}
"""Name of an ACL, and its blocks."""

OPTIONS: Final = """\
acl_smtp_connect = acl_connect
acl_smtp_mail = acl_mail
acl_smtp_data = acl_check_message
%OPTION_SMTP_AUTH%
%OPTION_NOT_SMTP%
"""

PLAIN: Final = """\
primary_hostname = mail.example.test
daemon_smtp_ports = 25 : 465 : 587
tls_on_connect_ports = 465
{main}
begin acl

{acl}

begin routers
"""
"""A whole one, for an Exim that is none."""


def sections() -> Mapping[str, str]:
    """Options and ACLs, as the lab's Exim takes them."""
    acls = []
    for name, blocks in ACLS.items():
        inside = "\n".join(f"%ACL_{block}_BLOCK%" for block in blocks)
        acls.append(f"{name}:\n{inside}\n  accept\n")
    return {"main": f"{OPTIONS}keep_environment =\n", "acl": "\n".join(acls)}


def plain() -> str:
    """The whole of a configuration without a server."""
    return PLAIN.format(**sections())
