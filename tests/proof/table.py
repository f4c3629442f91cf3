"""Turns what was proved, and the published minimums, into tables for people."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator
from typing import Final

from core.licence.tier import panel_title
from tests.proof.promise import DOUBLES, MAIL_SERVERS, PANELS, PROMISES, Promise
from tests.proof.recorder import Proof

NOT_YET: Final = "not yet"
NOWHERE: Final = "no"
"""Said of what a panel is not to have at all."""

HEAD: Final = """\
# What works where

Made by `./dev panels` from the published minimums and from the tests that passed; a test keeps it
true. What no test can prove is in [unproven.md](unproven.md).

"""


def exists(panel: str) -> bool:
    """Whether there is a package for it."""
    return importlib.util.find_spec(panel) is not None


def oldest(panel: str) -> str:
    """The oldest version of the panel that is not refused."""
    return str(importlib.import_module(f"{panel}.panel").OLDEST)


def cell(promise: Promise, panel: str, proof: Proof) -> str:
    """What is said of a promise on a panel."""
    if not promise.offered(panel):
        return NOWHERE
    need = promise.needs(panel)
    since = ""
    if need is not None:
        since = f"from {need.panel_minimum}" + f" with {need.mail_server}" * bool(need.mail_server)
    if not exists(panel):
        return "; ".join(filter(None, (NOT_YET, since)))
    tests = proof.get(panel, {}).get(promise.name, [])
    proved = _count(tests) if tests else "unproven"
    return "; ".join(filter(None, (since, proved)))


def _count(tests: list[str]) -> str:
    return f"yes, {len(tests)} test{'s' * (len(tests) != 1)}"


def glance(proof: Proof) -> str:
    """The table of all panels."""
    here = [panel for panel in PANELS if exists(panel)]
    lines = [
        _row(("", *map(panel_title, PANELS))),
        _row(["---"] * (len(PANELS) + 1)),
        _row(("Oldest version", *(oldest(p) if p in here else NOT_YET for p in PANELS))),
    ]
    lines += [
        _row((promise.title, *(cell(promise, panel, proof) for panel in PANELS)))
        for promise in PROMISES
    ]
    return "\n".join(lines) + "\n"


def document(proof: Proof) -> str:
    """docs/panels.md: the table, and every test behind it."""
    parts = [HEAD, glance(proof)]
    for panel in PANELS:
        parts += ["\n", *_chapter(panel, proof)]
    parts += ["\n", *_servers(proof)]
    return "".join(parts)


def _chapter(panel: str, proof: Proof) -> Iterator[str]:
    yield f"## {panel_title(panel)}\n\n"
    if not exists(panel):
        yield "Not yet.\n"
        return
    yield f"From {oldest(panel)}. Proved on {DOUBLES[panel]}.\n\n"
    said = proof.get(panel, {})
    for promise in PROMISES:
        if promise.offered(panel):
            yield f"* {promise.title}: {_tests(said.get(promise.name, []))}\n"


def _servers(proof: Proof) -> Iterator[str]:
    yield "## Mail servers\n\nReal ones, of Debian 11, 12 and 13; what holds for one holds on every"
    yield " panel that has it.\n"
    for server, title in MAIL_SERVERS.items():
        yield f"\n### {title}\n\n"
        for promise in PROMISES:
            tests = proof.get(server, {}).get(promise.name, [])
            if tests:
                yield f"* {promise.title}: {_tests(tests)}\n"


def _tests(tests: Iterable[str]) -> str:
    links = [f"[{_words(test)}](../{test.partition('::')[0]})" for test in tests]
    return "; ".join(links) or "**unproven**"


def _words(test: str) -> str:
    return test.rpartition("::")[2].removeprefix("test_").replace("_", " ")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
