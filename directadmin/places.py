"""Where things are on a server with DirectAdmin, and where ours go; paths and nothing else.

Facts: facts/directadmin.md, sections 1 to 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.mta.exim_acl import Point

HOME: Final = "/usr/local/directadmin"

PROGRAM: Final = f"{HOME}/directadmin"
"""DirectAdmin itself: its service and its command (``da`` is a link to it)."""

SETTINGS: Final = f"{HOME}/conf/directadmin.conf"
"""``key=value``: ``port``, ``ssl``, ``servername``."""

SESSIONS: Final = f"{HOME}/data/sessions"

ADMIN: Final = f"{HOME}/data/admin"
ADMINS: Final = f"{ADMIN}/admin.list"
RESELLERS: Final = f"{ADMIN}/reseller.list"
SERVICES: Final = f"{ADMIN}/services.status"
PACKAGE_ITEMS: Final = f"{ADMIN}/custom_package_items.conf"

USERS: Final = f"{HOME}/data/users"
"""A folder for each, with its ``user.conf``."""

VIRTUAL: Final = "/etc/virtual"
OWNERS: Final = f"{VIRTUAL}/domainowners"
"""``domain: user``; below the folder there is one for each domain, with its ``passwd``."""

EXIM_CONF: Final = "/etc/exim.conf"
EXIM_INCLUDES: Final[Mapping[Point, str]] = {
    "helo": "/etc/exim.acl_check_helo.pre.conf",
    "rcpt": "/etc/exim.acl_check_recipient.pre.conf",
    "data": "/etc/exim.acl_check_message.pre.conf",
    "not_smtp": "/etc/exim.acl_script.pre.conf",
}
"""Everybody's files at the beginning of Exim's ACLs (facts 2.2)."""

FRAGMENTS: Final = "/etc/mailward/exim"
"""Our statements, which those files include."""

NAME: Final = "mailward"
"""Our name everywhere: plugin, package item, service."""

OWNER: Final = "diradmin"
"""DirectAdmin's own user and group, to whom its lists belong."""

ACCOUNT: Final = "mailward-ui"
"""As whom administrators' and resellers' pages run (``admin_run_as``); its group reaches the
pages' socket."""

PLUGIN: Final = f"{HOME}/plugins/{NAME}"

PLUGIN_FILES: Final = Path(__file__).parent / "bridge"
"""What comes to lie in `PLUGIN`, name by name. A file whose name ends in ``.in`` loses that ending
and has ``@VERSION@`` filled in."""

SHARED: Final = f"{PLUGIN}/lib/Mailward"
"""Where `core.panel.GLUE` comes to lie."""

EXECUTABLES: Final = (
    "admin/*.html",
    "admin/*.raw",
    "reseller/*.html",
    "reseller/*.raw",
    "user/*.html",
    "user/*.raw",
    "hooks/*.sh",
    "scripts/*.sh",
)
"""Patterns of the plugin's files that are run (mode 0755); all others are read (0644)."""
