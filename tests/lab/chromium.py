"""Debian's Chromium, headless, for tests that look at pages: where it is and how it is started.

It runs in the machine itself, as root, with libraries and fonts of its own, so that neither what is
installed here nor a missing X server makes a page look different. Nothing leaves the machine.
Who drives it (tests/pages/) is not told here.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.lab import debian
from tests.lab.release import CHROMIUM, LabUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

OLDEST_GLIBC = (2, 36)
"""Debian 12's: its programs may use what this version brought."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)
"""root has no sandbox in Chromium; names other than the machine's own do not exist."""

LIBRARIES = ("usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/pulseaudio")
"""Folders of libraries. PulseAudio's own is written into its libraries as an absolute path."""

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  {aliases}
</fontconfig>
"""
ALIAS = "<alias><family>{}</family><prefer><family>{}</family></prefer></alias>"
ALIASES = {
    "sans-serif": "DejaVu Sans",
    "system-ui": "DejaVu Sans",
    "serif": "DejaVu Serif",
    "monospace": "DejaVu Sans Mono",
}


@dataclass(frozen=True)
class Chromium:
    """How to start it: the program, its arguments, its environment.

    pngquant: a program that makes its pictures smaller, for the same environment.
    """

    program: Path
    arguments: tuple[str, ...]
    environment: dict[str, str]
    pngquant: Path


def chromium(place: Path) -> Chromium:
    """The browser, fetched first if need be.

    Args:
        place: an existing folder of the caller's, for its home and its fonts' settings.

    Raises:
        LabUnavailableError: this machine cannot have it; the text says why.
    """
    _require_c_library(platform.libc_ver())
    debian.fetch(CHROMIUM)
    fonts = place / "fonts.conf"
    aliases = "\n  ".join(ALIAS.format(*pair) for pair in ALIASES.items())
    fonts.write_text(
        FONTS.format(
            fonts=CHROMIUM.root / "usr/share/fonts", cache=place / "fonts", aliases=aliases
        ),
        "utf-8",
    )
    libraries = [folder for pattern in LIBRARIES for folder in CHROMIUM.root.glob(pattern)]
    environment = {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": str(place),
        "FONTCONFIG_FILE": str(fonts),
        "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
        "XDG_CONFIG_HOME": str(place / "config"),
        "XDG_CACHE_HOME": str(place / "cache"),
    }
    return Chromium(
        program=CHROMIUM.root / "usr/lib/chromium/chromium-headless-shell",
        arguments=ARGUMENTS,
        environment=environment,
        pngquant=CHROMIUM.root / "usr/bin/pngquant",
    )


def _require_c_library(found: tuple[str, str]) -> None:
    """It uses the machine's. Raises LabUnavailableError when that one is too old or another."""
    name, version = found
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if name != "glibc" or numbers < OLDEST_GLIBC:
        needed = ".".join(map(str, OLDEST_GLIBC))
        raise LabUnavailableError(f"the browser needs glibc {needed}; this is {name} {version}")
