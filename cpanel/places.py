"""Where things are on a server with cPanel, and where ours go; paths and nothing else.

Facts: facts/cpanel.md, sections 1 to 8. The folders of `cpanel/bridge` are named after their
targets: what `BRIDGE` says is what the installer copies.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

CPANEL: Final = "/usr/local/cpanel"
VAR: Final = "/var/cpanel"

VERSION: Final = f"{CPANEL}/version"
"""Holds ``11.MAJOR.MINOR.BUILD`` (facts 7)."""

REGISTER: Final = f"{CPANEL}/bin/register_appconfig"
UNREGISTER: Final = f"{CPANEL}/bin/unregister_appconfig"
WHMAPI: Final = f"{CPANEL}/bin/whmapi1"
MANAGE_HOOKS: Final = f"{CPANEL}/bin/manage_hooks"
INSTALL_PLUGIN: Final = f"{CPANEL}/scripts/install_plugin"
UNINSTALL_PLUGIN: Final = f"{CPANEL}/scripts/uninstall_plugin"
BUILD_EXIM: Final = f"{CPANEL}/scripts/buildeximconf"
RESTART_EXIM: Final = f"{CPANEL}/scripts/restartsrv_exim"
RESTART_CHKSERVD: Final = f"{CPANEL}/scripts/restartsrv_chkservd"
PERL: Final = f"{CPANEL}/3rdparty/bin/perl"

SPRITES: Final = f"{CPANEL}/bin/sprite_generator"

EXIM: Final = "/usr/sbin/exim"
EXIM_CONF: Final = "/etc/exim.conf"
LOCAL_OPTIONS: Final = "/etc/exim.conf.localopts"
ACLS: Final = f"{CPANEL}/etc/exim/acls"

USER_DOMAINS: Final = "/etc/userdomains"
TRUE_USER_DOMAINS: Final = "/etc/trueuserdomains"
TRUE_USER_OWNERS: Final = "/etc/trueuserowners"
USERS: Final = f"{VAR}/users"
RESELLERS: Final = f"{VAR}/resellers"
APPS: Final = f"{VAR}/apps"
EXTENSIONS: Final = f"{VAR}/packages/extensions"

APP: Final = "mailward"
"""Our name everywhere: AppConfig, plugin, feature, package extension."""

SHARE: Final = "/usr/local/share/mailward/cpanel"
"""What cPanel's commands are given: they want files of their own, also to unregister."""

APP_CONFIG: Final = f"{SHARE}/mailward.conf"
PLUGIN: Final = f"{SHARE}/plugin"
HOOK: Final = f"{CPANEL}/3rdparty/bin/mailward-hook"

JUPITER: Final = f"{CPANEL}/base/frontend/jupiter"
DYNAMIC_UI: Final = f"{JUPITER}/dynamicui/dynamicui_{APP}.conf"
TILES: Final = f"{JUPITER}/assets/application_icons"
CGI: Final = f"{CPANEL}/whostmgr/docroot/cgi/mailward"
MENU_ICONS: Final = f"{CPANEL}/whostmgr/docroot/addon_plugins"
DRIVERS: Final = f"{CPANEL}/Cpanel/Config/ConfigObj/Driver"
"""Touched after our driver changed: WHM keeps what it read of them (facts 1.5)."""

PERL_FILES: Final = f"{VAR}/perl"
"""Perl that only root reads: cPanel may keep the folder from accounts. What their pages need is
beside these, below `JUPITER`."""

ADMIN: Final = f"{PERL_FILES}/Cpanel/Admin/Modules"

SERVICES: Final = "/etc/chkserv.d"

BRIDGE_FILES: Final = Path(__file__).parent / "bridge"

BRIDGE: Final[tuple[tuple[str, str], ...]] = (
    ("whm", CGI),
    ("jupiter", f"{JUPITER}/mailward"),
    ("perl", ""),
    ("menu", MENU_ICONS),
    ("tiles", TILES),
    ("plugin", PLUGIN),
    ("share", SHARE),
    ("extensions", EXTENSIONS),
)
"""Folder below `BRIDGE_FILES`, and where its files go: ``perl`` holds paths below the root,
``share`` has ``mailward.conf`` (AppConfig), ``plugin`` has ``install.json`` and its icon."""

SHARED: Final[tuple[tuple[str, str], ...]] = (
    ("Carriage.pm", f"{JUPITER}/mailward/Mailward"),
    ("Words.pm", f"{JUPITER}/mailward/Mailward"),
    ("frame.js", f"{JUPITER}/mailward"),
    ("frame.js", CGI),
)
"""File of `core.panel.GLUE`, and the folder where it goes. WHM and Jupiter serve files of their own
folders only."""
