"""A panel's package, built of what git knows of, for the machine that the tests run on."""

from __future__ import annotations

import fcntl
import platform
import sys
from typing import TYPE_CHECKING

import pytest

from packing.build import build
from packing.recipe import ROOT, PackingError
from tests.lab.release import LabUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from packing.build import Built

FIRST_BUILD, SECOND_BUILD = 1001, 1002
"""Numbers of two builds of the same state: a server is upgraded from one to the other."""


def built_package(panel: str, out: Path, number: int, forms: tuple[str, ...] = ()) -> Built:
    """Build a panel's package for this Python and processor.

    panel, forms: as `packing.build.build` takes them; number: of the build. Raises
    LabUnavailableError.
    """
    cache = ROOT / "build" / "wheels"
    cache.mkdir(parents=True, exist_ok=True)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    with (cache / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("MAILWARD_BUILD", str(number))
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        try:
            return build(
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
