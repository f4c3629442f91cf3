"""Reads drawings as a browser does, to the point that tests need: names, classes, attributes."""

from __future__ import annotations

from xml.etree import ElementTree as ET


def parse(markup: str) -> ET.Element:
    """Return the drawing as a tree; its markup must be well formed."""
    return ET.fromstring(f"<drawing>{markup}</drawing>")


def having(tree: ET.Element, look: str) -> list[ET.Element]:
    """Return the elements that have a class."""
    return [found for found in tree.iter() if look in found.get("class", "").split()]


def words(tree: ET.Element, name: str) -> list[str]:
    """Return the texts of all elements with a name, in order."""
    return ["".join(found.itertext()) for found in tree.iter(name)]


def is_permitted(tree: ET.Element) -> bool:
    """Whether the pages' Content-Security-Policy lets everything in it work."""
    names = {found.tag for found in tree.iter()}
    keys = {key for found in tree.iter() for key in found.keys()}  # noqa: SIM118  not a mapping
    handlers = {key for key in keys if key.startswith("on")}
    return not names & {"script", "style"} and "style" not in keys and not handlers
