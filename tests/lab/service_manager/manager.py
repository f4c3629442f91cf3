"""What systemctl can be asked to do."""

from __future__ import annotations

import signal
import subprocess
import threading

from tests.lab.service_manager.service import Service
from tests.lab.service_manager.units import UNITS, WANTED, link, unit_or_empty
from tests.lab.service_manager.watch import Watch

NOT_LOADED = 5
NOT_ACTIVE = 3


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
            link(name, wanted=verb == "enable")
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
                    self._watches[name] = Watch(name, self.start)
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


def _foreign(name: str, verb: str) -> tuple[int, str]:
    """The mail servers, which the lab starts by itself: only their reload is ours to do."""
    program = {"postfix.service": ["postfix"], "dovecot.service": ["doveadm"]}[name]
    if verb in ("reload", "restart"):
        result = subprocess.run([*program, "reload"], capture_output=True, text=True, check=False)
        return result.returncode, result.stderr
    return 0, ""
