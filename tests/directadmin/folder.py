"""A server with DirectAdmin in a folder: its files, and commands that the test answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from directadmin import places
from directadmin.panel import DirectAdmin
from tests.core.mta.exim_machine import EximFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIM = """\
acl_smtp_connect = acl_connect
acl_smtp_helo = acl_check_helo
acl_smtp_mail = ${if ={$interface_port}{587}{accept}{acl_check_mail}}
acl_smtp_rcpt = acl_check_recipient
acl_smtp_data = acl_check_message
acl_not_smtp = acl_script
daemon_smtp_ports = 25 : 587 : 465
tls_on_connect_ports = 465
begin acl
acl_connect:
  accept
acl_check_helo:
  .include_if_exists /etc/exim.acl_check_helo.pre.conf
  accept
acl_check_mail:
  accept
acl_check_recipient:
  .include_if_exists /etc/exim.acl_check_recipient.pre.conf
  accept
acl_check_message:
  .include_if_exists /etc/exim.acl_check_message.pre.conf
  accept
acl_script:
  .include_if_exists /etc/exim.acl_script.pre.conf
  accept
begin routers
"""

VERSION = "DirectAdmin v.1.690 a1b2c3d\n"

FILES = {
    places.PROGRAM: "#!/bin/sh\n",
    places.ADMINS: "admin\n",
    places.RESELLERS: "rita\n",
    places.SERVICES: "exim=ON\ndovecot=ON\n",
    places.OWNERS: (
        "shop.example: anna\nown.example: rita\nDirect.Example: bert\nserver.example: admin\n"
        "xn--bcher-kva.example: bert\n"
    ),
    f"{places.USERS}/anna/user.conf": (
        "username=anna\nusertype=user\ncreator=rita\npackage=gold\nmailward=ON\nemail=a@x.test\n"
    ),
    f"{places.USERS}/rita/user.conf": "username=rita\nusertype=reseller\ncreator=admin\n",
    f"{places.USERS}/bert/user.conf": (
        "username=bert\nusertype=user\ncreator=admin\npackage=basic\nmailward=OFF\nsuspended=yes\n"
    ),
    f"{places.USERS}/admin/user.conf": "username=admin\nusertype=admin\ncreator=root\n",
    "/etc/virtual/shop.example/passwd": "bob:$6$x:y:z\nInfo:$6$a\n# no mailbox\n",
    "/etc/virtual/own.example/passwd": "",
    "/etc/virtual/direct.example_off/passwd": "sales:$6$q\n",
    "/etc/exim.acl_check_recipient.pre.conf": "# mine\n  deny senders = x@y.test\n",
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\n",
    "/etc/group": "root:x:0:\n",
}


class DirectAdminFolder(EximFolder):
    """The machine. version: what its command prints, and with which code it ends."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, EXIM)
        self.version_said = (0, VERSION)
        for name, text in FILES.items():
            self.write(name, text)
        uid, gid = os.geteuid(), os.getegid()
        self.write("/etc/passwd", f"{FILES['/etc/passwd']}diradmin:x:{uid}:{gid}::/:/bin/false\n")
        self.write("/etc/group", f"{FILES['/etc/group']}diradmin:x:{gid}:\nmail:x:12:\n")
        (root / "etc/virtual/alias.example").symlink_to("shop.example")
        (root / "usr/local/directadmin/plugins").mkdir()
        self.answers[places.PROGRAM] = self._directadmin
        self.answers["dovecot"] = lambda _: (127, "")
        self.panel = DirectAdmin(self)

    def _directadmin(self, command: Sequence[str]) -> tuple[int, str]:
        return self.version_said if command[1] in ("version", "v") else (1, "unknown command")
