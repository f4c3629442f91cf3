"""The bill of materials: which libraries, in which version and licence, a package brings along.

CycloneDX 1.6 as JSON (cyclonedx.org), for whoever must know what runs on a server.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from core import __version__


def bill(title: str, wheels: Iterable[Path]) -> bytes:
    """Write the bill.

    Args:
        title: of the package.
        wheels: every wheel in it.
    """
    libraries = {wheel.name: wheel for wheel in wheels}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": title,
                "version": __version__,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [_component(libraries[name]) for name in sorted(libraries)],
    }
    return json.dumps(document, indent=1).encode() + b"\n"


def _component(wheel: Path) -> dict[str, Any]:
    said = _metadata(wheel)
    name, version = said["Name"], said["Version"]
    return {
        "type": "library",
        "bom-ref": wheel.name,
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
        "licenses": [{"license": {"name": _licence(said)}}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}],
    }


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        inside = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(inside).decode("utf-8"))


def _licence(said: Message) -> str:
    """As the library says it: an expression (PEP 639), its classifiers, or one line of text."""
    expression = said["License-Expression"]
    if expression:
        return str(expression)
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    line = str(said["License"] or "").partition("\n")[0].strip()
    return ", ".join(classifiers) or line or "not said"
