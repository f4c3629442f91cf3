"""Where this machine gets Debian from, for a release that the machine itself may not run.

Reads the machine's own apt sources, one-line and deb822 (sources.list(5)), and swaps the suite; no
archive's name is written here. It downloads nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKPORTS = "-backports"
"""Ends the name of the suite in which a stable release has programs of the next one."""

ALIASES = ("oldoldstable", "oldstable", "stable", "testing", "unstable", "sid")
SUFFIXES = ("", "-updates", "-security")


@dataclass(frozen=True)
class Source:
    """One archive and suite. signed_by: a keyring path, or a key block as deb822 writes it."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""

    def stanza(self) -> str:
        """This source in deb822 form, main component only."""
        lines = ["Types: deb", f"URIs: {self.uri}", f"Suites: {self.suite}", "Components: main"]
        if self.signed_by:
            lines.append(f"Signed-By: {self.signed_by}")
        return "\n".join(lines) + "\n"


def machine_sources(directory: Path = Path("/etc/apt")) -> list[Source]:
    """The binary package sources that apt of this machine uses, in apt's order."""
    parts = directory / "sources.list.d"
    files = [directory / "sources.list", *sorted(parts.glob("*.list"))]
    found = [
        source for file in files if file.is_file() for source in _one_line(file.read_text("utf-8"))
    ]
    for file in sorted(parts.glob("*.sources")):
        found += _deb822(file.read_text("utf-8"))
    return found


def sources_for(codename: str, machine: list[Source], machine_codename: str) -> list[Source]:
    """The machine's Debian sources, turned to another release.

    codename: the release wanted; machine_codename: the one that the machine runs, because sources
    of third parties are told apart by suites that do not follow it (`bookworm-pgdg`, `nodistro`).
    A third party that uses Debian's suite names stays in; the caller pins by the signed origin.
    Backports are beside their release, which has all that they do not bring.
    """
    if codename.endswith(BACKPORTS):
        release = codename.removesuffix(BACKPORTS)
        plain = sources_for(release, machine, machine_codename)
        return [*plain, *(replace(each, suite=codename) for each in plain if each.suite == release)]
    own = (machine_codename, *ALIASES, codename)
    suites = {f"{name}{suffix}": suffix for name in own for suffix in SUFFIXES}
    turned = [
        Source(source.uri, f"{codename}{suites[source.suite]}", ("main",), source.signed_by)
        for source in machine
        if source.suite in suites and "main" in source.components
    ]
    return list(dict.fromkeys(turned))


def _one_line(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]*)", line)
        if match:
            options, uri, suite, components = match.groups()
            signed = re.search(r"signed-by=(\S+)", options or "", re.IGNORECASE)
            keyring = signed.group(1) if signed else ""
            yield Source(uri, suite, tuple(components.split()), keyring)


def _deb822(text: str) -> Iterator[Source]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        fields = _fields(stanza)
        if fields.get("enabled", "yes").lower() in {"no", "false", "without", "off", "disable"}:
            continue
        if "deb" not in fields.get("types", "").split():
            continue
        components = tuple(fields.get("components", "").split())
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(uri, suite, components, fields.get("signed-by", ""))


def _fields(stanza: str) -> dict[str, str]:
    """Field name in lower case -> value; continuation lines keep their own line and indent."""
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line[:1].isspace() and name:
            fields[name] += "\n" + line
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields
