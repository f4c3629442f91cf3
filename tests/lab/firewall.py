"""A network namespace with a real nft in it: what is dropped there is dropped nowhere else.

The namespace belongs to a process that only sleeps; commands enter it with nsenter(1). Its loopback
interface has addresses of documentation, so that packets between them pass the firewall's rules and
never leave the machine.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from core.system.host import Host, Result
from tests.lab import debian
from tests.lab.chromium import OLDEST_GLIBC
from tests.lab.release import NFTABLES, LabUnavailableError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

SERVERS: Final = ("203.0.113.1", "2001:db8:1::1")
CLIENTS: Final = ("192.0.2.66", "192.0.2.67", "2001:db8:2::66", "2001:db8:3::67")

WAIT: Final = 0.4
"""Seconds after which a connection on loopback was dropped, and not only slow."""

_KNOCK: Final = """\
import json, socket, sys
ports, servers, clients, wait = json.loads(sys.argv[1])
doors = []
for server in servers:
    for port in ports:
        doors.append(socket.create_server(
            (server, port), family=socket.AF_INET6 if ":" in server else socket.AF_INET
        ))
found = {}
for client in clients:
    server = next(each for each in servers if (":" in each) == (":" in client))
    for port in ports:
        try:
            socket.create_connection((server, port), wait, (client, 0)).close()
        except OSError:
            continue
        found.setdefault(client, []).append(port)
print(json.dumps(found))
"""


class Firewall(Host):
    """A machine that has only a network: commands run in it, files are the real machine's."""

    def __init__(self) -> None:
        super().__init__()
        self._holder: subprocess.Popen[bytes] | None = None
        self._libraries = ""

    def __enter__(self) -> Self:
        """Make it.

        Raises:
            LabUnavailableError: this machine cannot have it; the text says why.
        """
        name, version = platform.libc_ver()
        if name != "glibc" or tuple(map(int, version.split(".")[:2])) < OLDEST_GLIBC:
            raise LabUnavailableError(f"nft of Debian 12 does not run on {name} {version}")
        debian.fetch(NFTABLES)
        folders = NFTABLES.root.glob("usr/lib/*-linux-gnu*")
        self._libraries = ":".join(map(str, folders))
        try:
            self._hold()
            self._address()
            self._try()
        except BaseException:
            self._end()
            raise
        return self

    def _hold(self) -> None:
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo here; exec sleep infinity"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"here\n":
            raise LabUnavailableError("the kernel gives no network namespace")

    def _address(self) -> None:
        commands = ["link set lo up"]
        commands += [f"addr add {each}/32 dev lo" for each in (*SERVERS, *CLIENTS) if "." in each]
        commands += [
            f"addr add {each}/128 dev lo nodad" for each in (*SERVERS, *CLIENTS) if ":" in each
        ]
        for command in commands:
            result = self.run(("ip", *command.split()))
            if result.code:
                raise LabUnavailableError(f"the namespace has no addresses: {result.failure}")

    def _try(self) -> None:
        result = self.run(("nft", "list", "ruleset"))
        if result.code:
            raise LabUnavailableError(f"the kernel has no nftables: {result.failure}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it; what is in it ends with it."""
        self._end()

    def _end(self) -> None:
        if self._holder is not None:
            self._holder.kill()
            self._holder.communicate()

    def run(
        self,
        command: Sequence[str],
        *,
        timeout: float = 60,
        text: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Result:
        """Run a command in the namespace."""
        assert self._holder is not None
        words = [_program(command[0]), *command[1:]]
        foreign = words[0].startswith(str(NFTABLES.root))
        own = [f"LD_LIBRARY_PATH={self._libraries}"] if foreign else []
        inside = ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net", "env", *own, *words]
        return super().run(inside, timeout=timeout, text=text, environment=environment)

    def rules(self) -> str:
        """All rules of the namespace, of whomever."""
        result = self.run(("nft", "list", "ruleset"))
        assert not result.code, result.failure
        return result.stdout

    def reached(self, *ports: int) -> dict[str, list[int]]:
        """Which of these ports each client reaches, where all of them are open."""
        said = json.dumps([ports, SERVERS, CLIENTS, WAIT])
        result = self.run((sys.executable, "-c", _KNOCK, said))
        assert not result.code, result.failure
        found: dict[str, list[int]] = json.loads(result.stdout)
        return found


def _program(name: str) -> str:
    for folder in ("usr/sbin", "usr/bin", "sbin", "bin"):
        path = NFTABLES.root / folder / name
        if path.is_file():
            return str(path)
    return name
