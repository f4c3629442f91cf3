"""Exim's configuration, assembled of pieces, and what WHM's pages do with them."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.cpanel.double.commands.machine import CPANEL, Failure, Machine, pairs

BLOCKS = ("CONNECT", "SMTP_AUTH", "MAIL_PRE", "MAIL", "RECIPIENT", "CHECK_MESSAGE_PRE", "NOT_SMTP")


class Exim(Machine):
    """Builds, tries and restarts it."""

    def buildeximconf(self, *words: str) -> str:
        """Assemble the configuration; with `--acl_dry_run` only try it."""
        text = self._built()
        if self._exim:
            self._try(text)
        if "--acl_dry_run" in words:
            return "Dry Run ok\n"
        target = self.path("/etc/exim.conf")
        target.write_text(text, "utf-8", "surrogateescape")
        target.chmod(0o644)
        return "Configuration file passes test!\n"

    def _built(self) -> str:
        skeleton = self.path(f"/{CPANEL}/etc/exim/skeleton").read_text("utf-8")
        for block in BLOCKS:
            text = self._block(f"ACL_{block}_BLOCK")
            skeleton = skeleton.replace(f"%ACL_{block}_BLOCK%", text)
            option = f"%OPTION_{block}%"
            name = block.lower()
            value = f"acl_{name} = acl_{name}" if text.strip() else f"# no acl_{name}"
            skeleton = skeleton.replace(option, value)
        return skeleton

    def _block(self, name: str) -> str:
        """The pieces of a block in their order, but those that are switched off."""
        folder = self.path(f"/{CPANEL}/etc/exim/acls/{name}")
        files = sorted(folder.iterdir(), key=_order) if folder.is_dir() else []
        return "".join(
            file.read_text("utf-8", "surrogateescape")
            for file in files
            if self.option(f"acl_{file.name}") != "0"
        )

    def option(self, name: str) -> str:
        """A switch of exim.conf.localopts."""
        file = self.path("/etc/exim.conf.localopts")
        return pairs(file.read_text("utf-8")).get(name, "") if file.exists() else ""

    def _try(self, text: str) -> None:
        folder = self.path("/etc")
        with tempfile.NamedTemporaryFile("w", dir=folder, errors="surrogateescape") as file:
            file.write(text)
            file.flush()
            trial = Path(file.name)
            trial.chmod(0o644)
            inside = [] if self.root == Path("/") else ["chroot", str(self.root)]
            done = subprocess.run(
                [*inside, "/usr/sbin/exim", "-C", f"/etc/{trial.name}", "-bV"],
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise Failure(f"Configuration file is broken: {done.stdout}{done.stderr}")

    def save_exim(self) -> str:
        """What WHM's page does when somebody saves: a switch for every piece, 0 for empty ones."""
        file = self.path("/etc/exim.conf.localopts")
        values = pairs(file.read_text("utf-8")) if file.exists() else {}
        for piece in self.path(f"/{CPANEL}/etc/exim/acls").glob("ACL_*/*"):
            values.setdefault(f"acl_{piece.name}", "1" if piece.read_text().strip() else "0")
        file.write_text("".join(f"{key}={value}\n" for key, value in sorted(values.items())))
        return self.buildeximconf() + self.restartsrv_exim()

    def reset_exim(self) -> str:
        """WHM's Reset tab: "Disable all third-party and custom ACLs"."""
        file = self.path("/etc/exim.conf.localopts")
        values = pairs(file.read_text("utf-8")) if file.exists() else {}
        for piece in self.path(f"/{CPANEL}/etc/exim/acls").glob("ACL_*/custom_*"):
            values[f"acl_{piece.name}"] = "0"
        file.write_text("".join(f"{key}={value}\n" for key, value in sorted(values.items())))
        return self.buildeximconf() + self.restartsrv_exim()

    def restartsrv_exim(self, *_: str) -> str:
        """Let the running one read its configuration anew, and wait until it says that it does."""
        pid, log = self.path("/run/exim4.pid"), self.path("/var/log/exim4/mainlog")
        if self._exim and pid.exists():
            begun = log.stat().st_size
            os.kill(int(pid.read_text()), signal.SIGHUP)
            ends = time.monotonic() + 60
            while b"daemon started" not in log.read_bytes()[begun:]:
                if time.monotonic() > ends:
                    raise Failure("exim does not come up")
                time.sleep(0.05)
        return "exim restarted successfully.\n"


def _order(file: Path) -> tuple[int, str]:
    first, last = file.name.startswith("custom_begin"), file.name.startswith("custom_end")
    return (0 if first else 2 if last else 1), file.name
