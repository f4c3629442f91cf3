"""The bill of materials names every library once, with its version, licence and checksum."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from core import __version__
from packing.bill import bill

if TYPE_CHECKING:
    from pathlib import Path


def wheel(folder: Path, name: str, *lines: str) -> Path:
    """A wheel with nothing in it but what it says of itself."""
    path = folder / f"{name}-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        text = "\n".join(("Metadata-Version: 2.4", f"Name: {name}", "Version: 1.2", *lines))
        archive.writestr(f"{name}-1.2.dist-info/METADATA", text + "\n\nA long description\n")
    return path


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        (("License-Expression: MIT", "License: other"), "MIT"),
        (("Classifier: License :: OSI Approved :: BSD License",), "BSD License"),
        (("License: Apache 2.0\n  and more",), "Apache 2.0"),
        ((), "not said"),
    ],
)
def test_a_library_is_named_with_its_licence(
    tmp_path: Path, lines: tuple[str, ...], licence: str
) -> None:
    """Newer metadata before older (PEP 639)."""
    path = wheel(tmp_path, "Some_Library", *lines)
    (component,) = json.loads(bill("For a test", [path, path]))["components"]
    assert component["licenses"] == [{"license": {"name": licence}}]
    assert component["purl"] == "pkg:pypi/some-library@1.2"
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    assert component["hashes"] == [{"alg": "SHA-256", "content": content}]


def test_the_same_libraries_make_the_same_bill(tmp_path: Path) -> None:
    """In whatever order they are found; and it says what it is about."""
    one, two = wheel(tmp_path, "one"), wheel(tmp_path, "two")
    made = bill("For a test", [two, one])
    assert made == bill("For a test", [one, two])
    document = json.loads(made)
    assert [each["name"] for each in document["components"]] == ["one", "two"]
    assert document["metadata"]["component"]["version"] == __version__
    assert document["bomFormat"] == "CycloneDX"
