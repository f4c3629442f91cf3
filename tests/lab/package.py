"""A panel's package, built of what git knows of, for the machine that the tests run on.

Workers of one run take what another of them has built.
"""

from __future__ import annotations

import fcntl
import os
import platform
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from packing.build import build
from packing.recipe import ROOT, PackingError
from tests.lab.release import LabUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

FIRST_BUILD, SECOND_BUILD = 1001, 1002
"""Numbers of two builds of the same state."""


class Packages(NamedTuple):
    """The same state of the project, built twice: a server is upgraded from one to the other."""

    first: Path
    second: Path


def shared(factory: pytest.TempPathFactory, name: str) -> Path:
    """A folder that all workers of this run have in common. name: of it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    return folder


def built_package(panel: str, out: Path, number: int, forms: tuple[str, ...] = ()) -> list[Path]:
    """Build a panel's package for this Python and processor, unless it lies there already.

    panel, forms: as `packing.build.build` takes them; number: of the build. Returns the archives.
    Raises LabUnavailableError.
    """
    cache = ROOT / "build" / "wheels"
    cache.mkdir(parents=True, exist_ok=True)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    names = out / "complete"
    with (cache / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if names.exists():
            return [out / name for name in names.read_text("utf-8").splitlines()]
        patch.setenv("MAILWARD_BUILD", str(number))
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        try:
            made = build(
                panel,
                out,
                cache,
                lambda *_: None,
                pythons=(version,),
                machines=(platform.machine(),),
                forms=forms,
            )
        except PackingError as error:
            raise LabUnavailableError(f"the package cannot be built: {error}") from error
        names.write_text("".join(f"{file.name}\n" for file in made.files), "utf-8")
        return list(made.files)


def both_builds(panel: str, out: Path, forms: tuple[str, ...] = ()) -> Packages:
    """The first archive of two builds, see `built_package`."""
    first = built_package(panel, out / "first", FIRST_BUILD, forms)
    second = built_package(panel, out / "second", SECOND_BUILD, forms)
    return Packages(first[0], second[0])
