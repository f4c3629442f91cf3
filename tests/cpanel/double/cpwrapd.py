"""The stand-in for what runs admin modules: as root, for whoever the kernel says is calling."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import subprocess
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

SOCKET = "/usr/local/cpanel/var/cpwrapd.sock"
LARGEST = 1 << 20


class Cpwrapd:
    """`with Cpwrapd(root):` answers.

    errors: what modules died of, as cPanel's own log would have it; callers are not told.
    """

    def __init__(self, root: Path) -> None:
        """root: the machine's, in which `Cpsrvd` has laid the stand-ins for cPanel's modules."""
        self.errors: list[str] = []
        self._root = root
        self._socket = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        """Listen: every account reaches it."""
        place = self._root / SOCKET.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        self._socket.bind(str(place))
        place.chmod(0o666)
        self._socket.listen(64)
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            uid = struct.unpack("3i", raw)[1]
            with connection.makefile("rb") as file:
                line = file.readline(LARGEST)
            try:
                asked = json.loads(line)
            except ValueError:
                return
            if not isinstance(asked, dict):
                return
            with contextlib.suppress(OSError):  # who asked may have gone
                connection.sendall(self._run(asked, uid))

    def _run(self, asked: dict[str, Any], uid: int) -> bytes:
        known = {"caller": self._name(uid), "uid": uid}
        done = subprocess.run(
            ["chroot", str(self._root), "/usr/bin/perl", "-w", "/usr/local/cpanel/run_admin.pl"],
            input=json.dumps(asked | known).encode(),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            capture_output=True,
            check=False,
            timeout=30,
        )
        if done.stderr:
            self.errors.append(done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def _name(self, uid: int) -> str:
        for line in (self._root / "etc/passwd").read_text("utf-8").splitlines():
            name, _, number = line.split(":")[:3]
            if number == str(uid):
                return name
        return ""
