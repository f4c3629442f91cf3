"""Writes down which tests that prove something passed; the part that runs inside pytest."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Final

import pytest

from tests.proof.promise import MAIL_SERVERS, NAMES, PANELS, STANDALONE

MARK: Final = "proves"
PROPERTY: Final = "proof"
RELEASE: Final = "lab_release"
"""The parameter of the lab's tests that says on which Debian release they run."""

Proof = dict[str, dict[str, list[str]]]
"""Panel or mail server -> name of the promise -> tests that passed, in order."""


def subject(item: pytest.Item, mark: pytest.Mark) -> str:
    """Whom a test speaks of: the panel whose contract it tests, or whose folder it is in, or else
    whom the mark names.

    Raises:
        pytest.UsageError: neither, or it names a promise that there is none of.
    """
    parts = PurePosixPath(item.nodeid.partition("::")[0]).parts
    contract = item.getparent(pytest.Class)
    folder = getattr(contract.obj, "name", parts[1]) if contract else parts[1]
    found = str(mark.kwargs.get("of", folder))
    if found not in {*PANELS, *MAIL_SERVERS, STANDALONE}:
        raise pytest.UsageError(f"{item.nodeid}: proves something of {found!r}, which is unknown")
    unknown = sorted(set(mark.args) - NAMES)
    if unknown or not mark.args:
        raise pytest.UsageError(f"{item.nodeid}: there is no promise {', '.join(unknown) or '…'}")
    return found


class Recorder:
    """Listens to a run; the process that hears of all tests writes at its end.

    Args:
        file: where to.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._good: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._bad: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that failed in one of its forms proves nothing."""
        test = report.nodeid.partition("[")[0]
        if report.failed:
            self._bad.add(test)
        if report.when != "call" or not report.passed:
            return
        for name, value in report.user_properties:
            if name == PROPERTY:
                whom, promise = str(value).split(" ", 1)
                self._good[whom, promise].add(test)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write it down; a worker of pytest-xdist has nothing to say of its own."""
        if hasattr(session.config, "workerinput"):
            return
        proof: Proof = defaultdict(dict)
        for (whom, promise), tests in sorted(self._good.items()):
            passed = sorted(tests - self._bad)
            if passed:
                proof[whom][promise] = passed
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(proof, indent=1) + "\n", "utf-8")


def note(items: list[pytest.Item]) -> None:
    """Let every test's reports carry what it proves."""
    for item in items:
        for mark in item.iter_markers(MARK):
            whom = subject(item, mark)
            for promise in mark.args:
                item.user_properties.append((PROPERTY, f"{whom} {promise}"))
