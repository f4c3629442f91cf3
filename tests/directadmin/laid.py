"""A machine with DirectAdmin's web server and our plugin where registering puts it, no mail server.

With Mailward's real pages at both sockets, run from this source tree. What the installer and the
service manager do about them is tested where the package is installed.
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
from directadmin import places, plugin
from directadmin.accounts import Accounts
from tests.directadmin.double.da_web import DirectAdminWeb
from tests.directadmin.double.exim import DIRADMIN, USERS
from tests.lab import debian
from tests.lab.machine import LabMachine
from tests.lab.readiness import await_true
from tests.lab.release import PLESK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from tests.lab.machine import Keeper

PAGES: Final = "/run/mailward-web/web.sock"
CUSTOMERS: Final = "/run/mailward-customers/web.sock"
STATE: Final = "/var/lib/mailward"
SECRET: Final = f"{STATE}/web.secret"

WEB, UI = 59200, 59201
"""The users of the pages, and of administrators' and resellers' plugin pages."""

KINDS: Final = {"admin": "admin", "rita": "reseller"}
CREATORS: Final = {"admin": "root", "rita": "admin", "anna": "rita", "bert": "admin"}
DOMAINS: Final = {"example.test": "anna", "customer.test": "bert", "rita.test": "rita"}

SOURCES: Final = "/opt/mailward-sources"
ROOT: Final = Path(__file__).parents[2]

UNNEEDED: Final = ("playwright", "mypy", "ruff", "pip", "hypothesis", "pyright", "numpy")
"""Libraries that only tests use: they are large."""

START: Final = """
import sys
sys.path[:0] = ["{sources}/site", "{sources}"]
from directadmin.__main__ import main
main()
"""

CONFIGURATION: Final = f"""\
[listen]
web = "unix:{PAGES}"
dovecot = "off"
"""


class LaidMachine:
    """`with LaidMachine() as machine:` has the plugin; `serve_pages` starts the pages, too.

    Attributes:
        root: its file system; panel: its web server.
    """

    def __init__(self) -> None:
        """Make it. Raises LabUnavailableError."""
        debian.fetch(PLESK)
        self._machine = LabMachine("bookworm")
        self.root = self._machine.root
        overlay = ["cp", "--archive", "--link", "--force", f"{PLESK.root}/usr/."]
        subprocess.run([*overlay, f"{self.root}/usr/"], check=True)
        self._make_people()
        self.panel = DirectAdminWeb(self.root)
        for place in (STATE, "/run/mailward", "/var/log/mailward"):
            self.path(place).mkdir(parents=True)
            os.chown(self.path(place), WEB, WEB)
        self.path(STATE).chmod(0o750)
        plan = plugin.plan(Host(self.root), self.root / "records")
        assert plan.apply()
        self._keepers: list[Keeper] = []

    def path(self, inside: str) -> Path:
        """Where a path of the machine is on ours."""
        return self.root / inside.lstrip("/")

    def run_as(
        self, uid: int, *words: str, text: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> bytes:
        """Run a command as somebody, without a session of the panel's. Returns what it prints."""
        done = subprocess.run(
            ["chroot", f"--userspec=+{uid}:+{uid}", "--groups=", str(self.root), *words],
            input=text,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **(variables or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=90,
        )
        return done.stdout

    def serve_pages(self) -> None:
        """Start the pages at both sockets."""
        self._write("/etc/mailward/mailward.toml", CONFIGURATION)
        self._link_sources()
        record = panel_record.Record(
            time.time(),
            PanelInfo("directadmin", "1.690", "", "Exim", "4.98"),
            tuple(Accounts(Host(self.root)).domains()),
        )
        file = self._write(f"{STATE}/{panel_record.NAME}", "")
        file.write_bytes(msgspec.json.encode(record))
        os.chown(file, WEB, WEB)
        # As the service manager makes them, and with the groups that it gives their processes.
        for socket, mode, group in ((PAGES, 0o750, UI), (CUSTOMERS, 0o755, WEB)):
            folder = self.path(socket).parent
            folder.mkdir(parents=True)
            os.chown(folder, WEB, group)
            folder.chmod(mode)
        self._keepers = [self._serve("web", UI), self._serve("customers", WEB, "--customers")]
        for socket in (PAGES, CUSTOMERS):
            await_true(self.path(socket).exists, socket, self.output)
        await_true(lambda: self.path(CUSTOMERS).stat().st_mode & 2 != 0, "its mode", self.output)

    def stop_pages(self) -> None:
        """End the pages, as if they had crashed."""
        for keeper in self._keepers:
            keeper.stop()

    def output(self) -> str:
        """What the pages have printed."""
        return "".join(keeper.output() for keeper in self._keepers)

    def mailward(self, *words: str) -> str:
        """Our command. Returns what it prints."""
        code = START.format(sources=SOURCES)
        result = self._machine.run("/usr/bin/python3.11", "-I", "-c", code, *words, user=WEB)
        return result.stdout

    def __enter__(self) -> Self:
        """Serve the panel."""
        self.panel.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything, remove the machine."""
        self.panel.__exit__(kind, error, trace)
        self._machine.close()

    def _make_people(self) -> None:
        numbers = USERS | {"diradmin": DIRADMIN, "mailward-web": WEB, "mailward-ui": UI}
        with (
            self.path("/etc/passwd").open("a") as passwd,
            self.path("/etc/group").open("a") as group,
        ):
            for name, number in numbers.items():
                passwd.write(f"{name}:x:{number}:{number}::/home/{name}:/bin/sh\n")
                group.write(f"{name}:x:{number}:\n")
        for name in USERS:
            kind, creator = KINDS.get(name, "user"), CREATORS[name]
            text = f"username={name}\nusertype={kind}\ncreator={creator}\npackage=gold\n"
            self._write(f"{places.USERS}/{name}/user.conf", text, 0o600)
        self._write(places.ADMINS, "admin\n")
        self._write(places.RESELLERS, "rita\n")
        self._write(places.OWNERS, "".join(f"{d}: {user}\n" for d, user in DOMAINS.items()))
        for domain in DOMAINS:
            self._write(f"/etc/virtual/{domain}/passwd", "info:x\n")
        self.path(places.PLUGIN).parent.mkdir()
        for folder in (places.HOME, f"{places.HOME}/plugins"):
            self.path(folder).chmod(0o755)

    def _serve(self, name: str, group: int, *words: str) -> Keeper:
        code = START.format(sources=SOURCES)
        inside = ("chroot", f"--userspec=+{WEB}:+{group}", "--groups=", str(self.root))
        command = ("/usr/bin/python3.11", "-I", "-c", code, "web", "serve", *words)
        return self._machine.keep_outside(name, *inside, *command)

    def _link_sources(self) -> None:
        """Our source and the libraries, as hard links."""
        target = self.path(SOURCES)
        target.mkdir(parents=True)
        for name in ("core", "directadmin"):
            subprocess.run(["cp", "-a", "--link", str(ROOT / name), str(target)], check=True)
        (target / "site").mkdir()
        for entry in Path(sysconfig.get_path("purelib")).iterdir():
            if not entry.name.startswith(UNNEEDED):
                subprocess.run(["cp", "-a", "--link", str(entry), f"{target}/site"], check=True)
        assert sys.version_info[:2] == (3, 11)

    def _write(self, name: str, text: str, mode: int = 0o644) -> Path:
        place = self.path(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(mode)
        return place
