"""Servers as folders: each test writes the few files that it is about."""

from __future__ import annotations

from pathlib import Path

from core.mta.neighbours.finding import Finding, Site, Weight
from core.mta.neighbours.search import Look
from core.system.host import Host


def tree(folder: Path, files: dict[str, str]) -> Host:
    """A machine with these files, by their absolute names."""
    for name, text in files.items():
        path = folder / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Host(folder)


def found(look: Look, folder: Path, files: dict[str, str]) -> list[Finding]:
    """What a reader finds there; every finding says all that a person needs."""
    site = Site(tree(folder, files))
    findings = list(look(site))
    assert site.unread == []
    for each in findings:
        assert each.program
        assert each.what
        assert each.where.startswith("/")
        for sentence in (each.why, each.advice):
            assert not sentence[0].islower()
            assert sentence.endswith(".")
    return findings


def brief(findings: list[Finding]) -> list[tuple[str, str, Weight]]:
    """Who, what, how grave."""
    return [(each.program, each.what, each.weight) for each in findings]
