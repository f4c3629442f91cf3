"""The small TOML file: where things are. Everything else is a setting and lives in the store.

A file with only ``[paths]`` is enough, so that the daemon runs in a directory of one's own.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
from msgspec import Struct, field

from core.errors import ConfigError
from core.settings.complaint import complaint

DEFAULT_FILE = Path("/etc/mailward/mailward.toml")
ENVIRONMENT = "MAILWARD_CONFIG"
LAST_PORT = 65_535
_ENDPOINT = re.compile(r"^(unix:/.+|tcp:(127\.0\.0\.1|\[::1\]|localhost):(?P<port>[0-9]{1,5}))$")


class Paths(Struct, frozen=True, forbid_unknown_fields=True):
    """Directories."""

    state: str = "/var/lib/mailward"
    run: str = "/run/mailward"
    log: str = "/var/log/mailward"


class StorePlace(Struct, frozen=True, forbid_unknown_fields=True):
    """Where events and settings are kept; "" is SQLite in the state directory."""

    url: str = ""


class Listen(Struct, frozen=True, forbid_unknown_fields=True):
    """The daemon's doors: ``unix:PATH`` or ``tcp:HOST:PORT`` on loopback; "off" closes one.

    `trusted` names the users, or numeric uids, who may ask on the policy and control sockets
    besides root and the daemon's own user; the default is the pages' and the known mail servers'.
    `customers` is the pages' second socket, which every local process may reach; it is served only
    for panels whose customers' pages run as the customers' own users.
    """

    policy: tuple[str, ...] = ()
    dovecot: str = "tcp:127.0.0.1:4001"
    control: str = ""
    web: str = ""
    customers: str = ""
    metrics: str = "off"
    trusted: tuple[str, ...] = (
        *("mailward-web", "postfix", "Debian-exim", "exim", "mailnull", "mail"),
    )


class BanPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """What root runs to ban an address where ``ban.action`` is command; "" for nothing.

    It stands here, where only root writes, and not among the settings: who may change a setting
    must not become root.
    """

    command: str = ""


class Logs(Struct, frozen=True, forbid_unknown_fields=True):
    """The mail server's logs that are followed.

    Each is a path, maybe with ``*``; a dialect's name may stand before it, as in
    ``exim:/var/log/exim/mainlog``. "journal" is the system's journal; "auto" are the usual logs
    that are there, and the journal where there is no other. An empty list follows none.
    """

    follow: tuple[str, ...] = ("auto",)


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file, with paths made absolute."""

    paths: Paths = field(default_factory=Paths)
    store: StorePlace = field(default_factory=StorePlace)
    listen: Listen = field(default_factory=Listen)
    ban: BanPlace = field(default_factory=BanPlace)
    logs: Logs = field(default_factory=Logs)

    @property
    def state(self) -> Path:
        """State directory."""
        return Path(self.paths.state)

    @property
    def data(self) -> Path:
        """Directory of the country and network data."""
        return self.state / "data"

    @property
    def run(self) -> Path:
        """Run directory."""
        return Path(self.paths.run)

    @property
    def log(self) -> Path:
        """Log directory."""
        return Path(self.paths.log)

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.store.url or f"sqlite:///{self.state / 'store.sqlite'}"

    @property
    def policy(self) -> tuple[str, ...]:
        """Endpoints of the policy wire."""
        return self.listen.policy or (f"unix:{self.run / 'policy.sock'}",)

    @property
    def web(self) -> str:
        """Endpoint of the pages."""
        return self.listen.web or f"unix:{self.run / 'web.sock'}"

    @property
    def customers(self) -> str:
        """Endpoint of the customers' pages: beside the run directory, in one that all may enter."""
        return self.listen.customers or f"unix:{self.run}-customers/web.sock"

    @property
    def control(self) -> str:
        """Endpoint of the control socket."""
        return self.listen.control or f"unix:{self.run / 'control.sock'}"


def load(path: str | None = None) -> Config:
    """Read the configuration.

    Args:
        path: the file; without it ``MAILWARD_CONFIG`` or, where that is not set either, the
            default file, which may be absent.

    Raises:
        ConfigError: the file is missing, unreadable or wrong; the text names file and key.
    """
    chosen = path or os.environ.get(ENVIRONMENT)
    file = Path(chosen) if chosen else DEFAULT_FILE
    try:
        text = file.read_bytes()
    except FileNotFoundError as error:
        if not chosen:
            return Config()
        raise ConfigError(f"{file}: there is no such file") from error
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from error
    try:
        config = msgspec.toml.decode(text, type=Config)
    except msgspec.ValidationError as error:
        said, place = complaint(error)
        raise ConfigError(f"{file}: {place}: {said}" if place else f"{file}: {said}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from error
    return _checked(_absolute(config, file.resolve().parent), file)


def _absolute(config: Config, base: Path) -> Config:
    """Paths in the file are relative to the file itself."""
    paths = Paths(
        state=str(base / config.paths.state),
        run=str(base / config.paths.run),
        log=str(base / config.paths.log),
    )
    return msgspec.structs.replace(config, paths=paths)


def _checked(config: Config, file: Path) -> Config:
    doors = {
        "listen.dovecot": config.listen.dovecot,
        "listen.control": config.control,
        "listen.web": config.web,
        "listen.customers": config.customers,
        "listen.metrics": config.listen.metrics,
    } | {f"listen.policy[{i}]": door for i, door in enumerate(config.policy)}
    for key, door in doors.items():
        if door not in ("", "off") and not _is_endpoint(door):
            raise ConfigError(
                f"{file}: {key}: {door!r} is neither unix:/PATH nor tcp:HOST:PORT on loopback"
            )
    if config.ban.command and not config.ban.command.startswith("/"):
        raise ConfigError(f"{file}: ban.command: must be the whole path of a program")
    if config.customers.startswith("tcp:"):
        raise ConfigError(f"{file}: listen.customers: must be unix:/PATH, where users are known")
    if config.listen.metrics.startswith("unix:"):
        raise ConfigError(f"{file}: listen.metrics: must be tcp:HOST:PORT on loopback")
    return config


def _is_endpoint(door: str) -> bool:
    found = _ENDPOINT.match(door)
    return found is not None and int(found["port"] or 0) <= LAST_PORT
