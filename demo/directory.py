"""The demo's own directory: the daemon's files, kept from one run to the next.

::

    mailward.toml   configuration, for the daemon and for `mailward --config`
    state/ run/ log/   the daemon's own
    notices/        the administrator's mail
    demo.json       says that the directory is ours, and that its month is complete
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from core.settings.config import Config, load
from core.sources import directory as sources
from core.sources import ranges, receipt, seed
from core.sources.ranges import Ranges
from demo import places
from demo.problem import DemoError

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT = PROJECT / ".demo"

LONGEST_SOCKET = 107
"""Octets of a unix socket's path (unix(7))."""

_FEEDS = {
    "spamhaus_drop": places.HIJACKED,
    "tor_exits": places.TOR,
    "blocklist_de": places.REPORTED,
}

_BUILD_EPOCH = b"build_epoch\x04\x02"
"""The key in a MaxMind database's metadata, and that a number of four octets follows."""

_CONFIG = """\
# The demo's daemon. Every command works with it: mailward --config {file} status

[paths]
state = "state"
run = "run"
log = "log"

[listen]
policy = [{policy}]
dovecot = "tcp:127.0.0.1:{port}"
web = "tcp:127.0.0.1:{web}"
{trusted}"""


class Mark(Struct):
    """What `demo.json` says.

    Attributes:
        month: when the month was written, seconds since 1970; 0 while it is not complete.
    """

    month: float = 0


class Directory:
    """The directory, held by this demo alone until `close`.

    Args:
        path: where; it is made.

    Raises:
        DemoError: another demo uses it, or it holds something else, or its path is too long.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._mark = self.path / "demo.json"
        longest = self.path / "run/control.sock"
        if len(os.fsencode(longest)) > LONGEST_SOCKET:
            raise DemoError(
                f"{self.path} is too long a path for the daemon's sockets: "
                "name a shorter one with --directory"
            )
        if self.path.exists() and any(self.path.iterdir()) and not self._mark.exists():
            raise DemoError(f"{self.path} holds something else: name another with --directory")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise DemoError(f"{self.path} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise DemoError(
                f"another demo already runs in {self.shown}: look at it there, end it with Ctrl-C, "
                "or start this one with --directory SOMEWHERE"
            ) from error

    def close(self) -> None:
        """Let another demo have it."""
        os.close(self._lock)

    @property
    def shown(self) -> str:
        """The path as a person in the project's directory types it."""
        try:
            return str(self.path.relative_to(PROJECT))
        except ValueError:
            return str(self.path)

    @property
    def config_file(self) -> Path:
        """The configuration."""
        return self.path / "mailward.toml"

    @property
    def notices(self) -> Path:
        """Where the administrator's mail ends up."""
        return self.path / "notices"

    @property
    def daemon_log(self) -> Path:
        """What the daemon says."""
        return self.path / "log/daemon.log"

    def commands(self, words: Iterable[str], width: int) -> tuple[str, list[str]]:
        """What to type to give `mailward` some words.

        Args:
            words: of each command.
            width: columns that a command should fit into.

        Returns:
            What has to be typed once before, "" for nothing; and the commands.
        """
        asked = list(words)
        file = f"{self.shown}/mailward.toml"
        whole = [f"./dev run mailward --config {file} {each}" for each in asked]
        if max(map(len, whole)) <= width:
            return "", whole
        return f"export MAILWARD_CONFIG={file}", [f"./dev run mailward {each}" for each in asked]

    def prepare(self, fresh: bool) -> bool:
        """Make the folders; returns whether the month has to be written.

        Args:
            fresh: forget every run before.
        """
        if fresh or not self.month:
            for entry in self.path.iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
            self._mark.write_bytes(msgspec.json.encode(Mark()))
        for name in ("state", "run", "log", "notices"):
            (self.path / name).mkdir(exist_ok=True, mode=0o750)
        return not self.month

    @property
    def month(self) -> float:
        """When the month was written, seconds since 1970; 0 while it is not complete."""
        try:
            return msgspec.json.decode(self._mark.read_bytes(), type=Mark).month
        except (FileNotFoundError, msgspec.DecodeError):
            return 0

    def month_is_written(self, at: float) -> None:
        """Remember that the month is complete, and when it ended."""
        self._mark.write_bytes(msgspec.json.encode(Mark(month=at)))

    def configure(self, more_policy: str = "", trusted: str = "") -> Config:
        """Write the configuration, with ports that are free now.

        Args:
            more_policy: a second endpoint of the policy wire.
            trusted: the number of the user who asks there.
        """
        endpoints = [f"unix:{self.path / 'run/policy.sock'}", *filter(None, [more_policy])]
        users = f'trusted = ["{trusted}"]\n' if trusted else ""
        text = _CONFIG.format(
            file=f"{self.shown}/mailward.toml",
            policy=", ".join(f'"{endpoint}"' for endpoint in endpoints),
            port=free_port(),
            web=free_port(),
            trusted=users,
        )
        self.config_file.write_text(text, encoding="utf-8")
        return load(str(self.config_file))

    def freshen(self, data: Path) -> None:
        """Let the databases that came with the demo be of today.

        The demo fetches nothing; without this the pages would soon speak of little but old data.

        Args:
            data: the daemon's data directory, before anybody has opened what is in it.
        """
        now = time.time()
        today = time.strftime("%Y-%m-%d", time.gmtime(now))
        for name in ("country", "asn"):
            path, found = sources.database_path(data, name), receipt.load(data, name)
            if found is None or found.provider != seed.PROVIDER or found.vintage == today:
                continue
            content = path.read_bytes()
            place = content.rindex(_BUILD_EPOCH) + len(_BUILD_EPOCH)
            changed = content[:place] + int(now).to_bytes(4, "big") + content[place + 4 :]
            path.write_bytes(changed)
            fresh = msgspec.structs.replace(
                found,
                vintage=today,
                fetched=now,
                checked=now,
                sha256=hashlib.sha256(changed).hexdigest(),
            )
            receipt.save(data, name, fresh, keep=False)

    def accuse(self, data: Path) -> None:
        """Put the demo's attackers on the lists that a real server would have fetched.

        Args:
            data: the daemon's data directory; what is on its lists stays there.
        """
        now = time.time()
        for name, place in _FEEDS.items():
            found = ranges.load(data, name) or Ranges(name, note="made up for the demo")
            prefixes = tuple(dict.fromkeys((*found.prefixes, *place.prefixes)))
            fresh = msgspec.structs.replace(
                found, prefixes=prefixes, fetched=now, checked=now, changed=now
            )
            ranges.save(data, fresh, keep=False)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
