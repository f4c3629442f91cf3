"""What an Exim is and how it is configured, as it says itself. Changes nothing.

It is asked for single options and for the whole configuration as it was read, which has other
people's includes and macros in it as Exim sees them (Exim's manual, 5.4, ``-bP``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import MailServerUnsupported, PanelAbsent, PanelBroken
from core.mta.knock import Door, port_number
from core.system.host import Host

SECONDS = 20.0
"""How long Exim may take to read its configuration."""

OLDEST = (4, 94)
"""The oldest version that the fragments were tried on."""

LOGIN_PORTS = (465, 587)
"""Where people log in before they do anything else (RFC 8314)."""

ACLS = ("connect", "helo", "auth", "mail", "rcpt", "predata", "data")

_OPTIONS = (
    *("acl_not_smtp", *(f"acl_smtp_{name}" for name in ACLS)),
    *("configure_file", "daemon_smtp_ports", "tls_on_connect_ports", "local_interfaces"),
    *("hosts_proxy", "strict_acl_vars"),
)


@dataclass(frozen=True)
class EximConfig:
    """An Exim.

    Attributes:
        host: the machine.
        command: what it is called by.
        version: as it prints it.
        lookups: kinds of lookups that are built in.
        options: values by name; "" for those that are not set, missing where it knows none such.
        macros: names of macros that its configuration defines.
        text: the configuration as it was read.
    """

    host: Host
    command: str
    version: str
    lookups: frozenset[str]
    options: dict[str, str]
    macros: frozenset[str]
    text: str

    @property
    def file(self) -> str:
        """The file that it reads first."""
        return self.options.get("configure_file", "")

    @property
    def proxied(self) -> bool:
        """Whether some clients must say by a PROXY header who they are."""
        return bool(self.options.get("hosts_proxy"))

    def ports(self) -> dict[int, bool]:
        """Every port on which it listens; whether it speaks TLS from the start there."""
        wrapped = set(self._numbers("tls_on_connect_ports"))
        named = self._numbers("daemon_smtp_ports") or [25]
        return {port: port in wrapped for port in named}

    def doors(self) -> Iterator[Door]:
        """Where it can be reached on this machine."""
        proxied = self._is_proxy(self._address)
        names = {25: "smtp", 465: "submissions", 587: "submission"}
        for port, tls in self.ports().items():
            name = names.get(port, "submissions" if tls else "smtp")
            yield Door(name, self._address, port, tls=tls, proxied=proxied)

    @property
    def strict(self) -> bool:
        """Whether to read an ACL variable that is not set is an error."""
        return bool(self.options.get("strict_acl_vars"))

    def acl(self, name: str) -> str:
        """What an ACL option is set to: usually a name."""
        option = "acl_not_smtp" if name == "not_smtp" else f"acl_smtp_{name}"
        return self.options.get(option, "")

    @property
    def _address(self) -> str:
        words = _items(self.options.get("local_interfaces", ""))
        addresses = [word for word in words if re.fullmatch(r"[\d.]+|[0-9a-fA-F:]+", word)]
        everywhere = {"0.0.0.0", "::0", "::"} & set(addresses)  # noqa: S104  read, not bound to
        return "127.0.0.1" if everywhere or not addresses else addresses[0]

    def _is_proxy(self, address: str) -> bool:
        return bool({address, "*"} & set(_items(self.options.get("hosts_proxy", ""))))

    def _numbers(self, option: str) -> list[int]:
        words = _items(self.options.get(option, ""))
        return [port for word in words if (port := port_number(self.host, word)) is not None]


def read(host: Host, command: str = "exim") -> EximConfig:
    """Ask an Exim.

    Raises:
        PanelAbsent: there is none.
        PanelBroken: it does not accept its own configuration, or says nothing about it.
        MailServerUnsupported: it is older than anything that was tried.
    """
    command, version = find(host, command)
    if not command:
        raise PanelAbsent("Exim is not installed here")
    about = host.run((command, "-bV"), timeout=SECONDS)
    if number(version) < OLDEST:
        raise MailServerUnsupported(
            f"Exim {version} is too old: Mailward needs {'.'.join(map(str, OLDEST))} or newer"
        )
    about.require(PanelBroken)
    listing = host.run((command, "-bP", *_OPTIONS), timeout=SECONDS).require(PanelBroken)
    macros = host.run((command, "-bP", "macros"), timeout=SECONDS).require(PanelBroken)
    text = host.run((command, "-bP", "config"), timeout=SECONDS).require(PanelBroken)
    names = (line.partition("=")[0].strip() for line in macros.splitlines())
    return EximConfig(
        host,
        command,
        version,
        frozenset(re.findall(r"\w+", " ".join(re.findall(r"(?m)^Lookups.*?:(.*)$", about.stdout)))),
        dict(_pairs(listing)),
        # Those that Exim defines itself begin with an underscore.
        frozenset(name for name in names if name and not name.startswith("_")),
        text,
    )


def find(host: Host, command: str = "exim") -> tuple[str, str]:
    """The command that answers as Exim and the version that it says, "" and "" where none does."""
    for name in dict.fromkeys((command, "exim4")):
        version = _version(host.run((name, "-bV"), timeout=SECONDS).stdout)
        if version:
            return name, version
    return "", ""


def number(version: str) -> tuple[int, ...]:
    """A version, to compare: `4.96.2` and `4.98-RC1` come after 4.94."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _version(text: str) -> str:
    found = re.search(r"^Exim version (\S+)", text, re.MULTILINE)
    return found[1] if found else ""


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """`-bP` prints `name = value`, and `name` or `no_name` for a switch."""
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            yield name.strip(), value.strip()
        elif line.startswith("/"):
            yield "configure_file", line.strip()
        else:
            yield line.strip().removeprefix("no_"), "" if line.startswith("no_") else "yes"


def _items(text: str) -> list[str]:
    """The items of an Exim list (Exim's manual, 6.21); `<;` at its beginning names what is
    between them, and a doubled colon is one of an address."""
    text = text.strip()
    if text.startswith("<") and len(text) > 1:
        return [each.strip() for each in text[2:].split(text[1]) if each.strip()]
    marked = text.replace("::::", "\0\0").replace("::", "\0")
    return [each.strip().replace("\0", ":") for each in marked.split(":") if each.strip()]
