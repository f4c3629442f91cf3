"""The service manager's units: which services there are, as whom they run, and what starts them.

Texts only; `core.desk.installation` writes them. Directives are those of systemd.service(5),
systemd.exec(5), systemd.path(5) and systemd.timer(5) that systemd 219 (EL 7) and newer know; newer
ones are ignored by older versions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

FOLDER: Final = "/etc/systemd/system"

DAEMON: Final = "mailward.service"
PAGES: Final = "mailward-web.service"
CUSTOMERS: Final = "mailward-customers.service"
RECONCILE: Final = "mailward-reconcile.service"
RECONCILE_TIMER: Final = "mailward-reconcile.timer"
RECONCILE_PATH: Final = "mailward-reconcile.path"
UPDATE: Final = "mailward-update.service"
UPDATE_TIMER: Final = "mailward-update.timer"

BAN: Final = "mailward-ban.service"
BAN_PATH: Final = "mailward-ban.path"
BAN_TIMER: Final = "mailward-ban.timer"

WATCHERS: Final = (RECONCILE_PATH, RECONCILE_TIMER, UPDATE_TIMER, BAN_PATH, BAN_TIMER)
"""What looks after the system, by starting what follows."""

STARTED: Final = (RECONCILE, UPDATE, BAN)
"""What they start, and what ends by itself."""

ENABLED: Final = (DAEMON, PAGES, *WATCHERS)
"""What is started with the machine; CUSTOMERS as well, where there is one."""


class Surroundings(Struct, frozen=True):
    """What the units are made for.

    Attributes:
        command: how the command ``mailward`` is run, an absolute path first.
        user, web_user: as whom the daemon and the pages run.
        web_group: the group whose programs reach the pages' socket; "" for the pages' own.
        readers: groups of which the daemon is, too, so that it may read the mail server's logs.
        watched: files whose change makes root look whether all is as it should be.
        requests: folder into which the pages drop requests to root.
        bans: the file in which the daemon says whom root shall ban.
        customers: whether customers' pages have a server of their own.
    """

    command: tuple[str, ...]
    user: str
    web_user: str
    web_group: str
    watched: tuple[str, ...]
    requests: str
    bans: str
    readers: tuple[str, ...] = ()
    customers: bool = False


_HARDENED = """\
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictRealtime=yes
"""


def units(around: Surroundings) -> dict[str, str]:
    """The text of each unit by its name."""
    found = {
        DAEMON: _daemon(around),
        PAGES: _pages(around),
        RECONCILE: _reconcile(around),
        RECONCILE_TIMER: _timer(
            "Look regularly whether the mail server still asks Mailward",
            "OnBootSec=2min\nOnUnitActiveSec=5min",
        ),
        RECONCILE_PATH: _path(around),
        UPDATE: _update(around),
        UPDATE_TIMER: _timer(
            "Update Mailward's country and network data daily",
            "OnBootSec=15min\nOnUnitActiveSec=1d\nRandomizedDelaySec=3h",
        ),
        BAN: _ban(around),
        BAN_PATH: _ban_path(around),
        BAN_TIMER: _timer(
            "Bring bans back that somebody else took away",
            "OnBootSec=1min\nOnUnitActiveSec=10min",
        ),
    }
    return found | ({CUSTOMERS: _customers(around)} if around.customers else {})


def _run(command: Iterable[str], *words: str) -> str:
    """A command line; no part of ours has a blank or a character that systemd reads as its own."""
    return " ".join((*command, *words))


def _supplementary(groups: tuple[str, ...]) -> str:
    return f"SupplementaryGroups={' '.join(groups)}\n" if groups else ""


def _daemon(around: Surroundings) -> str:
    # Mail goes on without it, so the mail server neither waits for it nor ends with it.
    return f"""\
[Unit]
Description=Mailward: decides which mail logins and mails pass
After=network.target
Before=postfix.service dovecot.service exim.service exim4.service

[Service]
Type=notify
NotifyAccess=main
User={around.user}
Group={around.user}
{_supplementary(around.readers)}UMask=0007
RuntimeDirectory=mailward
RuntimeDirectoryMode=0755
RuntimeDirectoryPreserve=restart
ExecStart={_run(around.command, "serve")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=1
StartLimitInterval=0
WatchdogSec=30
TimeoutStopSec=60
LimitNOFILE=65536
{_HARDENED}
[Install]
WantedBy=multi-user.target
"""


def _pages(around: Surroundings) -> str:
    return f"""\
[Unit]
Description=Mailward: pages inside the control panel
After={DAEMON}

[Service]
User={around.web_user}
Group={around.web_group or around.web_user}
SupplementaryGroups={around.user}
UMask=0007
RuntimeDirectory=mailward-web
RuntimeDirectoryMode=0750
ExecStart={_run(around.command, "web", "serve")}
Restart=always
RestartSec=2
StartLimitInterval=0
{_HARDENED}
[Install]
WantedBy=multi-user.target
"""


def _customers(around: Surroundings) -> str:
    # Whatever a local user does to it, it takes neither memory nor the processor from the others.
    return f"""\
[Unit]
Description=Mailward: pages of customers whose own processes ask
After={DAEMON}

[Service]
User={around.web_user}
Group={around.web_user}
SupplementaryGroups={around.user}
UMask=0007
RuntimeDirectory=mailward-customers
RuntimeDirectoryMode=0755
ExecStart={_run(around.command, "web", "serve", "--customers")}
Restart=always
RestartSec=2
StartLimitInterval=0
Nice=5
LimitNOFILE=4096
MemoryMax=1G
{_HARDENED}
[Install]
WantedBy=multi-user.target
"""


def _reconcile(around: Surroundings) -> str:
    return f"""\
[Unit]
Description=Mailward: make the system match, after a change by the panel or its updates
After={DAEMON}
StartLimitInterval=60
StartLimitBurst=10

[Service]
Type=oneshot
ExecStart={_run(around.command, "reconcile")}
TimeoutStartSec=10min
"""


def _path(around: Surroundings) -> str:
    watched = "".join(f"PathChanged={path}\n" for path in around.watched)
    return f"""\
[Unit]
Description=Notice when the mail server's configuration changes

[Path]
{watched}DirectoryNotEmpty={around.requests}

[Install]
WantedBy=multi-user.target
"""


def _update(around: Surroundings) -> str:
    return f"""\
[Unit]
Description=Mailward: fetch country and network data
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
User={around.user}
Group={around.user}
UMask=0007
ExecStart={_run(around.command, "update")}
TimeoutStartSec=1h
{_HARDENED}"""


def _ban(around: Surroundings) -> str:
    # Where nobody ever wanted a ban, there is no file, and nothing is run.
    return f"""\
[Unit]
Description=Mailward: shut out whom the daemon wants to be shut out
After=nftables.service firewalld.service ufw.service
ConditionPathExists={around.bans}
StartLimitInterval=60
StartLimitBurst=20

[Service]
Type=oneshot
ExecStart={_run(around.command, "ban", "apply")}
TimeoutStartSec=5min
"""


def _ban_path(around: Surroundings) -> str:
    return f"""\
[Unit]
Description=Notice when the daemon wants somebody to be shut out

[Path]
PathChanged={around.bans}

[Install]
WantedBy=multi-user.target
"""


def _timer(description: str, times: str) -> str:
    return f"""\
[Unit]
Description={description}

[Timer]
{times}
Persistent=true

[Install]
WantedBy=timers.target
"""
