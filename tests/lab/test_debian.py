"""When the lab cannot be had, it says so in one line; tests are then skipped, or fail in CI."""

from __future__ import annotations

import os
import platform
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.lab import debian
from tests.lab.conftest import available
from tests.lab.release import RELEASES, LabUnavailableError, Release

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root_on_debian(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine that can have the lab, whatever machine this is."""
    system = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: system)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    return monkeypatch


def no_os_release() -> dict[str, str]:
    """As on a system that is not Linux."""
    raise OSError


def test_root_on_debian_can_have_the_lab(root_on_debian: pytest.MonkeyPatch) -> None:
    assert debian.require_debian() == "bookworm"


@pytest.mark.parametrize(
    ("place", "name", "value", "said"),
    [
        (os, "geteuid", lambda: 1000, "needs root"),
        (platform, "freedesktop_os_release", lambda: {"ID": "ubuntu"}, "this is ubuntu"),
        (platform, "freedesktop_os_release", no_os_release, "this is not Linux"),
        (shutil, "which", lambda _name: None, "needs apt-get"),
    ],
)
def test_others_are_told_why_not(
    root_on_debian: pytest.MonkeyPatch, place: object, name: str, value: object, said: str
) -> None:
    root_on_debian.setattr(place, name, value)
    with pytest.raises(LabUnavailableError, match=said) as caught:
        debian.require_debian()
    assert "\n" not in str(caught.value)


def test_without_the_lab_a_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs a moon"), available():
        raise LabUnavailableError("the lab needs a moon")


def test_without_the_lab_a_test_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="needs a moon"), available():
        raise LabUnavailableError("the lab needs a moon")


@pytest.mark.parametrize("stamp", [None, "", "{", '{"recipe": "older", "packages": {}}'])
def test_what_an_older_recipe_or_a_broken_fetch_left_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stamp: str | None
) -> None:
    monkeypatch.setattr(Release, "root", property(lambda _self: tmp_path))
    if stamp is not None:
        (tmp_path / debian.STAMP).write_text(stamp, "utf-8")
    assert debian.read_stamp(RELEASES["bookworm"]) is None
