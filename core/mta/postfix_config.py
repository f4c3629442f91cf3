"""What an installed Postfix says about itself: a small model that plans are made from.

Postfix's own postconf(1) is asked for versions and effective values, and is the referee of our
reading of its files: where the two disagree nothing is edited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from core.errors import MailServerUnsupported, PanelAbsent, PanelBroken
from core.mta import main_cf, master_cf, restrictions
from core.mta.master_cf import Service
from core.mta.restrictions import Restriction
from core.system import files
from core.system.host import NOT_FOUND, Host

OLDEST = (3, 1)
"""The first version whose policy client knows `policy_context` (SMTPD_POLICY_README)."""

TESTED = ((3, 5), (3, 10))
"""Oldest and newest version that the tests run."""

_PARAMETERS = (
    "compatibility_level",
    "daemon_directory",
    "inet_interfaces",
    "inet_protocols",
    "mail_owner",
    "queue_directory",
    "smtpd_client_restrictions",
    "smtpd_delay_reject",
    "smtpd_end_of_data_restrictions",
    "smtpd_helo_restrictions",
    "smtpd_recipient_restrictions",
    "smtpd_relay_restrictions",
    "smtpd_restriction_classes",
    "smtpd_sasl_auth_enable",
    "smtpd_sender_restrictions",
    "smtpd_tls_wrappermode",
    "smtpd_upstream_proxy_protocol",
)
_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|\((\w+)\)|(\w+))")
_DEPTH = 20


@dataclass(frozen=True)
class PostfixConfig:
    """One Postfix instance.

    Attributes:
        host: the machine.
        directory: its configuration directory, as the machine calls it.
        version: as printed, e.g. `3.7.11`.
        main, master: the text that plans start from: its files without anything of ours.
        effective: parameters of main.cf as Postfix itself expands them.
    """

    host: Host
    directory: str
    version: str
    main: str
    master: str
    effective: dict[str, str] = field(default_factory=dict)

    @cached_property
    def services(self) -> list[Service]:
        """The services of master.cf."""
        return master_cf.services(self.master)

    @property
    def notes(self) -> list[str]:
        """What people should know about this version."""
        number = version_number(self.version)
        if TESTED[0] <= number <= TESTED[1]:
            return []
        tested = " to ".join(f"{major}.{minor}" for major, minor in TESTED)
        return [f"Postfix {self.version} is not among the versions that were tested ({tested})"]

    def raw(self, name: str, service: Service | None = None) -> str:
        """A parameter as it is written for a service, or for all."""
        if service is not None and name in service.options:
            return service.options[name].value
        written = main_cf.value(self.main, name)
        return _without_ours(self.effective.get(name, "")) if written is None else written

    def value(self, name: str, service: Service | None = None) -> str:
        """A parameter with its `$` names expanded, by Postfix itself where it can be asked."""
        if name in self.effective and (service is None or name not in service.options):
            return _without_ours(self.effective[name])
        return self._expanded(self.raw(name, service), service, 0)

    def enabled(self, name: str, service: Service) -> bool:
        """Whether a yes-or-no parameter is on for a service."""
        return self.value(name, service).strip().lower() == "yes"

    def entries(self, name: str, service: Service) -> tuple[Restriction, ...]:
        """A restriction list."""
        return restrictions.parse(self.value(name, service))

    def chrooted(self, service: Service) -> bool:
        """Whether the service sees the queue directory as its root (master(5))."""
        if service.chroot != "-":
            return service.chroot == "y"
        return version_number(self.effective.get("compatibility_level") or "0") < (1, 0)

    def _expanded(self, text: str, service: Service | None, depth: int) -> str:
        def known(match: re.Match[str]) -> str:
            name = next(filter(None, match.groups()))
            return self._expanded(self.raw(name, service), service, depth + 1)

        return text if depth > _DEPTH else _REFERENCE.sub(known, text)


def read(host: Host, directory: str = "") -> PostfixConfig:
    """Read an instance as it is.

    Args:
        directory: its configuration directory; "" for the machine's main instance.

    Raises:
        PanelAbsent: there is no Postfix.
        PanelBroken: it does not answer, or its files cannot be followed.
        MailServerUnsupported: it is too old.
    """
    result = host.run(["postconf", "-dh", "mail_version"])
    if result.code == NOT_FOUND:
        raise PanelAbsent("Postfix is not installed here: there is no postconf command")
    version = result.require(PanelBroken).strip()
    if version_number(version) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise MailServerUnsupported(
            f"Postfix {version} is too old to ask who may log in or send: {oldest} or newer is "
            "needed. Its mail log can still be read"
        )
    directory = directory or _ask(host, "", "-h", "config_directory").strip()
    effective = _pairs(_ask(host, directory, "-x", *_PARAMETERS))
    main, master = (_text(host, f"{directory}/{name}") for name in ("main.cf", "master.cf"))
    _compare(host, directory, master)
    return PostfixConfig(host, directory, version, main, master, effective)


def version_number(text: str) -> tuple[int, int]:
    """Major and minor number of `3.7.11`, `3.11-20250101` or `2`.

    Raises:
        PanelBroken: it is no version.
    """
    match = re.match(r"(\d+)(?:\.(\d+))?", text)
    if match is None:
        raise PanelBroken(f"Postfix says that its version is {text!r}")
    return int(match.group(1)), int(match.group(2) or 0)


def _ask(host: Host, directory: str, *arguments: str) -> str:
    place = ["-c", directory] if directory else []
    return host.run(["postconf", *place, *arguments]).require(PanelBroken)


def _text(host: Host, name: str) -> str:
    state = files.read(host.path(name))
    if state is None:
        raise PanelBroken(f"{name} is missing")
    return files.decode(state.data)


def _pairs(text: str) -> dict[str, str]:
    return {
        name.strip(): value.strip()
        for name, equals, value in (line.partition("=") for line in text.splitlines())
        if equals
    }


def _compare(host: Host, directory: str, master: str) -> None:
    """Make sure that we read master.cf as Postfix does."""
    ours = {
        f"{service.key}/{name}": " ".join(option.value.split())
        for service in master_cf.services(master)
        for name, option in service.options.items()
    }
    theirs = {
        name: " ".join(value.split()) for name, value in _pairs(_ask(host, directory, "-P")).items()
    }
    rows = [line.split() for line in _ask(host, directory, "-M").splitlines() if line[:1].strip()]
    names = [(service.name, service.type) for service in master_cf.services(master)]
    if ours == theirs and [tuple(row[:2]) for row in rows] == names:
        return
    odd = sorted({name for name, _ in ours.items() ^ theirs.items()})
    raise PanelBroken(
        f"{directory}/master.cf cannot be followed: Postfix reads {', '.join(odd) or 'its rows'} "
        "differently; nothing was changed"
    )


def _without_ours(value: str) -> str:
    """What postconf says of a list, without what an installed hook has put into it."""
    if "mailward_" not in value:
        return value
    kept = [
        entry
        for entry in restrictions.parse(value)
        if "mailward_" not in entry.name and not entry.argument.startswith("static:mailward_")
    ]
    return ",".join(map(str, kept))
