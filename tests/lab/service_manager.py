"""A small stand-in for systemd, for machines of the lab: it runs inside, with the machine's Python.

`python3 service_manager.py serve` runs services, watches paths, and listens to `systemctl`, which
is the same file under another name. It does what our units ask for: users, groups, runtime
directories, the notify protocol, restarts, one-shots, path units. Sandboxing directives are
accepted and have no effect; timers never fire by themselves. Only the standard library, and nothing
of this project: it is copied into machines.
"""

from __future__ import annotations

import configparser
import grp
import json
import os
import pwd
import shlex
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

UNITS = Path("/etc/systemd/system")
BOOTED = Path("/run/systemd/system")
DOOR = Path("/run/systemd/manager.sock")
WANTED = UNITS / "multi-user.target.wants"

NOT_LOADED = 5
NOT_ACTIVE = 3

LATEST = 40.0
"""Seconds that a service may take to come up."""


def unit(name: str) -> configparser.ConfigParser:
    """A unit's file. Raises FileNotFoundError."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string((UNITS / name).read_text("utf-8"))
    return parser


def every(name: str, key: str) -> list[str]:
    """All values of a key that may stand several times."""
    lines = (UNITS / name).read_text("utf-8").splitlines()
    return [line.partition("=")[2].strip() for line in lines if line.startswith(f"{key}=")]


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


def unit_or_empty(name: str) -> configparser.SectionProxy | dict[str, str]:
    """The service section of a unit that may be gone by now."""
    try:
        return unit(name)["Service"]
    except (OSError, KeyError):
        return {}


def _drain(notify: socket.socket) -> None:
    notify.settimeout(None)
    while True:
        try:
            notify.recv(4096)
        except OSError:
            return


class Watch:
    """A path unit: starts its service when a file changes or a folder has something in it."""

    def __init__(self, name: str, manager: Manager) -> None:
        self.name = name
        self._manager = manager
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more, and start nothing any more that was just seen."""
        self._ended.set()
        self._thread.join(LATEST)

    def _state(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in every(self.name, "PathChanged"):
            try:
                status = Path(path).stat()
                found[path] = (status.st_mtime_ns, status.st_ino, status.st_size)
            except OSError:
                found[path] = None
        return found

    def _has_requests(self) -> bool:
        return any(
            folder.is_dir() and any(folder.iterdir())
            for folder in map(Path, every(self.name, "DirectoryNotEmpty"))
        )

    def _run(self) -> None:
        service = self.name.replace(".path", ".service")
        before = self._state()
        while not self._ended.wait(0.1):
            try:
                now = self._state()
                if now != before or self._has_requests():
                    self._manager.start(service)
                    before = self._state()
            except OSError:
                return


class Manager:
    """All units."""

    def __init__(self) -> None:
        self._services: dict[str, Service] = {}
        self._watches: dict[str, Watch] = {}
        self._timers: set[str] = set()
        self._lock = threading.RLock()

    def do(self, words: list[str]) -> tuple[int, str]:
        """What systemctl is asked to do: its exit code and what it prints."""
        options = {word for word in words if word.startswith("-")}
        verb, *names = [word for word in words if not word.startswith("-") and word != "MainPID"]
        if verb in ("daemon-reload", "reset-failed"):
            return 0, ""
        if not names:
            return 1, f"systemctl {verb}: which unit?"
        texts = []
        for name in names:
            whole = name if "." in name else f"{name}.service"
            code, text = self._one(verb, whole, options)
            if code:
                return code, text
            texts.append(text)
        return 0, "\n".join(filter(None, texts))

    def _one(self, verb: str, name: str, options: set[str]) -> tuple[int, str]:
        if verb == "is-active":
            active = self.is_active(name)
            said = "" if "--quiet" in options else ("active" if active else "inactive")
            return (0 if active else NOT_ACTIVE), said
        if verb == "show":
            return 0, f"MainPID={self._service(name).number}"
        if name in ("postfix.service", "dovecot.service"):
            return _foreign(name, verb)
        if not (UNITS / name).exists():
            return NOT_LOADED, f"Failed to {verb} unit: Unit {name} not loaded."
        if verb == "is-enabled":
            return (0, "enabled") if (WANTED / name).exists() else (1, "disabled")
        if verb in ("enable", "disable"):
            _link(name, wanted=verb == "enable")
            verb = {"enable": "start", "disable": "stop"}[verb] if "--now" in options else ""
        return self._run(verb, name, wait="--no-block" not in options)

    def _run(self, verb: str, name: str, *, wait: bool) -> tuple[int, str]:
        """Start, stop, or signal."""
        if verb == "try-reload-or-restart":
            if not self.is_active(name):
                return 0, ""
            verb = "reload" if unit_or_empty(name).get("ExecReload") else "restart"
        if verb in ("stop", "restart"):
            self.stop(name)
        if verb in ("start", "restart"):
            if not wait:
                threading.Thread(target=self.start, args=(name,), daemon=True).start()
                return 0, ""
            problem = self.start(name)
            return (1, problem) if problem else (0, "")
        process = self._service(name).process
        if verb in ("reload", "kill") and process is not None:
            process.send_signal(signal.SIGHUP if verb == "reload" else signal.SIGKILL)
        return 0, ""

    def is_active(self, name: str) -> bool:
        """Whether a unit is."""
        if name.endswith(".path"):
            return name in self._watches
        if name.endswith(".timer"):
            return name in self._timers
        return self._service(name).active

    def start(self, name: str) -> str:
        """Start a unit; returns what went wrong."""
        with self._lock:
            if name.endswith(".timer"):
                self._timers.add(name)
                return ""
            if name.endswith(".path"):
                if name not in self._watches:
                    self._watches[name] = Watch(name, self)
                return ""
        return self._service(name).start()

    def stop(self, name: str) -> None:
        """Stop a unit."""
        if name.endswith(".timer"):
            self._timers.discard(name)
        elif name.endswith(".path"):
            watch = self._watches.pop(name, None)
            if watch is not None:
                watch.stop()
        else:
            self._service(name).stop()

    def stop_all(self) -> None:
        """Stop everything."""
        for name in [*self._watches]:
            self.stop(name)
        for service in [*self._services.values()]:
            service.stop()

    def _service(self, name: str) -> Service:
        with self._lock:
            return self._services.setdefault(name, Service(name))


def _link(name: str, *, wanted: bool) -> None:
    """Start a unit with the machine, or no more."""
    link = WANTED / name
    link.unlink(missing_ok=True)
    if wanted:
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(UNITS / name)
    elif link.parent.exists() and not any(link.parent.iterdir()):
        link.parent.rmdir()


def _foreign(name: str, verb: str) -> tuple[int, str]:
    """The mail servers, which the lab starts by itself: only their reload is ours to do."""
    program = {"postfix.service": ["postfix"], "dovecot.service": ["doveadm"]}[name]
    if verb in ("reload", "restart"):
        result = subprocess.run([*program, "reload"], capture_output=True, text=True, check=False)
        return result.returncode, result.stderr
    return 0, ""


class Handler(socketserver.StreamRequestHandler):
    """One systemctl."""

    def handle(self) -> None:
        """Read its words, answer with code and text."""
        words = json.loads(self.rfile.readline())
        server = self.server
        assert isinstance(server, Server)
        try:
            answer = server.manager.do(words)
        except Exception as error:  # noqa: BLE001  a test reads what it prints
            answer = (1, f"{type(error).__name__}: {error}")
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class Server(socketserver.ThreadingUnixStreamServer):
    """Listens to systemctl."""

    daemon_threads = True

    def __init__(self, manager: Manager) -> None:
        DOOR.unlink(missing_ok=True)
        super().__init__(str(DOOR), Handler)
        self.manager = manager


def serve() -> None:
    """Run until told to end; services end with it."""
    BOOTED.mkdir(parents=True, exist_ok=True)
    manager = Manager()
    server = Server(manager)

    def end(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    server.serve_forever(poll_interval=0.1)
    manager.stop_all()


def ask(words: list[str]) -> int:
    """Be systemctl."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(DOOR))
        except OSError as error:
            sys.stderr.write(f"Failed to connect to bus: {error.strerror}\n")
            return 1
        connection.sendall(json.dumps(words).encode() + b"\n")
        code, text = json.loads(connection.makefile().readline())
    if text:
        stream = sys.stderr if code and words[0] != "is-active" else sys.stdout
        stream.write(f"{text}\n")
    return int(code)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve()
    else:
        sys.exit(ask(sys.argv[1:]))
