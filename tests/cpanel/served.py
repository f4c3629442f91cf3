"""The same machine with Mailward's real pages, run from this source tree: both of their sockets.

What the installer and the service manager do about them is tested where the package is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from core.desk import panel_record
from core.panel import PanelInfo
from core.system.host import Host
from cpanel import places
from cpanel.accounts import Accounts
from tests.cpanel.laid import CUSTOMERS, PAGES, SECRET_FILE, LaidMachine
from tests.lab.readiness import await_true

if TYPE_CHECKING:
    from tests.lab.machine import Keeper

WEB: Final = 61900
SOURCES: Final = "/opt/mailward-sources"
ROOT: Final = Path(__file__).parents[2]

UNNEEDED: Final = ("playwright", "mypy", "ruff", "pip", "hypothesis", "pyright", "numpy")
"""Libraries that only tests use: they are large."""

START: Final = """
import sys
sys.path[:0] = ["{sources}/site", "{sources}"]
from cpanel.__main__ import main
main()
"""

CONFIGURATION: Final = f"""\
[listen]
web = "unix:{PAGES}"
dovecot = "off"
"""

DOMAINS: Final = {
    "example.test": "anna",
    "addon.test": "anna",
    "customer.test": "bert",
    "mallory.test": "mallory",
    "rita.test": "rita",
}

TILE: Final = (
    "description=>Mailward,feature=>mailward,file=>mailward,group=>email,height=>48,imgtype=>icon,"
    "itemdesc=>Mailward,itemorder=>250,subtype=>img,type=>image,"
    "url=>mailward/index.live.pl,width=>48\n"
)
"""What install_plugin writes (facts/cpanel.md 2)."""


class ServedMachine(LaidMachine):
    """`with ServedMachine() as machine:` serves pages, too.

    Attributes:
        customers: the process at the customers' door.
    """

    def __init__(self) -> None:
        super().__init__()
        self._write("/etc/userdomains", "".join(f"{d}: {u}\n" for d, u in DOMAINS.items()))
        self._write("/etc/mailward/mailward.toml", CONFIGURATION)
        self._write(places.DYNAMIC_UI, TILE)
        with self.path("/etc/passwd").open("a") as passwd:
            passwd.write(f"mailward-web:x:{WEB}:{WEB}::/nonexistent:/usr/sbin/nologin\n")
        self._link_sources()
        state = self.path(SECRET_FILE).parent
        record = panel_record.Record(
            time.time(),
            PanelInfo("cpanel", "126.0.5", "", "Exim", "4.98"),
            tuple(Accounts(Host(self.root)).domains()),
        )
        file = state / panel_record.NAME
        file.write_bytes(msgspec.json.encode(record))
        for owned in (state, *state.iterdir()):
            os.chown(owned, WEB, WEB)
        for socket, mode in ((PAGES, 0o750), (CUSTOMERS, 0o755)):
            folder = self.path(socket).parent
            folder.mkdir(parents=True)
            folder.chmod(mode)
            os.chown(folder, WEB, WEB)
        for place in ("/run/mailward", "/var/log/mailward"):
            self.path(place).mkdir(parents=True)
            os.chown(self.path(place), WEB, WEB)
        self.pages = self._serve("web")
        self.customers = self._serve("customers", "--customers")
        for socket in (PAGES, CUSTOMERS):
            await_true(
                self.path(socket).exists,
                socket,
                lambda: self.pages.output() + self.customers.output(),
            )

    def output(self) -> str:
        """What both processes have printed."""
        return self.pages.output() + self.customers.output()

    def mailward(self, *words: str) -> str:
        """Our command. Returns what it prints."""
        code = START.format(sources=SOURCES)
        result = self._machine.run("/usr/bin/python3.11", "-I", "-c", code, *words, user=WEB)
        return result.stdout

    def _serve(self, name: str, *words: str) -> Keeper:
        code = START.format(sources=SOURCES)
        command = ("/usr/bin/python3.11", "-I", "-c", code, "web", "serve", *words)
        return self._machine.keep(name, *command, user=WEB)

    def _link_sources(self) -> None:
        """Our source and the libraries, as hard links."""
        target = self.path(SOURCES)
        target.mkdir(parents=True)
        for name in ("core", "cpanel"):
            subprocess.run(["cp", "-a", "--link", str(ROOT / name), str(target)], check=True)
        (target / "site").mkdir()
        for entry in Path(sysconfig.get_path("purelib")).iterdir():
            if not entry.name.startswith(UNNEEDED):
                subprocess.run(["cp", "-a", "--link", str(entry), f"{target}/site"], check=True)
        assert sys.version_info[:2] == (3, 11)
