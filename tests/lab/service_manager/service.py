"""One service: how it is started, watched and stopped."""

from __future__ import annotations

import configparser
import grp
import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from tests.lab.service_manager.units import unit, unit_or_empty

BOOTED = Path("/run/systemd/system")
"""Is there on machines that systemd has started (sd_booted(3))."""

LATEST = 40.0
"""Seconds that a service may take to come up."""


class Service:
    """One service and its process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = False
        self.lock = threading.RLock()

    @property
    def active(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def number(self) -> int:
        """Its process number, 0 while it does not run."""
        return self.process.pid if self.process is not None and self.active else 0

    def start(self) -> str:
        """Start it; returns what went wrong."""
        with self.lock:
            if self.active:
                return ""
            found = unit(self.name)
            settings = found["Service"]
            needed = found["Unit"].get("ConditionPathExists", "") if "Unit" in found else ""
            if needed and not Path(needed).exists():
                return ""  # skipped, which is no failure (systemd.unit(5))
            self.wanted = settings.get("Type") != "oneshot"
            problem = self._spawn(settings)
        if not problem and self.wanted:
            threading.Thread(target=self._watch, daemon=True).start()
        return problem

    def stop(self) -> None:
        """Stop it and wait."""
        with self.lock:
            self.wanted = False
            if self.process is not None and self.active:
                self.process.send_signal(signal.SIGTERM)
                try:
                    self.process.wait(30)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
            for folder in self._folders(unit_or_empty(self.name)):
                shutil.rmtree(folder, ignore_errors=True)
            for place in BOOTED.parent.glob(f"notify.{self.name}.*"):
                place.unlink()

    def _spawn(self, settings: configparser.SectionProxy) -> str:
        user = pwd.getpwnam(settings.get("User", "root"))
        group = settings.get("Group", "")
        gid = grp.getgrnam(group).gr_gid if group else user.pw_gid
        extra = [grp.getgrnam(g).gr_gid for g in settings.get("SupplementaryGroups", "").split()]
        extra += [g.gr_gid for g in grp.getgrall() if user.pw_name in g.gr_mem]
        for folder in self._folders(settings):
            folder.mkdir(exist_ok=True)
            os.chown(folder, user.pw_uid, gid)
            folder.chmod(int(settings.get("RuntimeDirectoryMode", "0755"), 8))
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
        notify = None
        if settings.get("Type") == "notify":
            notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            place = f"/run/systemd/notify.{self.name}.{time.monotonic_ns()}"
            notify.bind(place)
            os.chown(place, user.pw_uid, gid)
            environment["NOTIFY_SOCKET"] = place
        identity: dict[str, Any] = {}
        if user.pw_uid:
            identity = {"user": user.pw_uid, "group": gid, "extra_groups": sorted({gid, *extra})}
        with Path(f"/var/log/{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                shlex.split(settings["ExecStart"]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                umask=int(settings.get("UMask", "0022"), 8),
                cwd="/",
                **identity,
            )
        if settings.get("Type") == "oneshot":
            code = self.process.wait()
            return f"Job for {self.name} failed with code {code}." if code else ""
        return self._await_ready(notify)

    def _await_ready(self, notify: socket.socket | None) -> str:
        """Wait for READY=1 (sd_notify(3)); of a simple service, that it does not end at once."""
        ends = time.monotonic() + (LATEST if notify is not None else 0.5)
        while time.monotonic() < ends:
            if not self.active:
                return f"Job for {self.name} failed because the control process ended."
            if notify is None:
                time.sleep(0.05)
                continue
            notify.settimeout(0.2)
            try:
                if b"READY=1" in notify.recv(4096):
                    threading.Thread(target=_drain, args=(notify,), daemon=True).start()
                    return ""
            except TimeoutError:
                continue
        return "" if notify is None else f"Job for {self.name} timed out."

    def _watch(self) -> None:
        """Restart it when it ends by itself, as Restart=always has it."""
        process = self.process
        assert process is not None
        process.wait()
        with self.lock:
            if not self.wanted or process is not self.process:
                return
        time.sleep(0.2)
        if self.wanted:
            self.start()

    @staticmethod
    def _folders(settings: configparser.SectionProxy | dict[str, str]) -> list[Path]:
        return [Path("/run") / name for name in settings.get("RuntimeDirectory", "").split()]


def _drain(notify: socket.socket) -> None:
    notify.settimeout(None)
    while True:
        try:
            notify.recv(4096)
        except OSError:
            return
