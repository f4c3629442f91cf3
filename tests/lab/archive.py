"""Downloads packages and all they depend on, with the machine's own apt and none of its state.

apt gets private folders and an empty list of installed packages; it checks signatures and sums as
ever. The machine's settings for proxies and the like stay in force. Nothing is unpacked here.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.lab.release import LabUnavailableError, Tree
from tests.lab.sources import machine_sources, sources_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.lab.sources import Source

    Report = Callable[[str, int, int], None]
    """Told of progress: what is being done, how much of it is done, how much there is."""


class AptError(Exception):
    """apt-get failed; the text is its first error."""


PLAIN = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def download(tree: Tree, machine_codename: str, work: Path, report: Report) -> list[Path]:
    """The `.deb` files of a tree's packages and their dependencies, below `work`.

    Security updates are used where the archive has them. A release past its support can have an
    index there that names files which are gone: then the release as it was published is used.
    An interrupted download goes on where it stopped.

    Raises LabUnavailableError when the archive has no such release or cannot be reached.
    """
    sources = sources_for(tree.codename, machine_sources(), machine_codename)
    published = [source for source in sources if source.suite == tree.codename]
    if not published:
        raise LabUnavailableError("no source of Debian packages in this machine's apt settings")
    _prepare(work, tree.unwanted)
    try:
        return _attempt(tree, sources, work, report)
    except AptError:
        report("trying without updates", 0, 1)
    try:
        return _attempt(tree, published, work, report)
    except AptError as error:
        message = f"Debian {tree.codename} cannot be fetched: {error}"
        raise LabUnavailableError(message) from error


def _attempt(tree: Tree, sources: Sequence[Source], work: Path, report: Report) -> list[Path]:
    """Download from these sources. Raises AptError."""
    text = "\n".join(source.stanza() for source in sources)
    (work / "sources.d/lab.sources").write_text(text, "utf-8")
    report("package lists", 0, 1)
    _apt(work, ["update", "--error-on=any"])
    install = ["install", "--yes", "--no-install-recommends"]
    # it names only what its cache lacks, so for the whole list the cache has to be an empty one
    planned = _apt(
        work,
        [*install, "--print-uris", "--option=Dir::Cache::archives=planning", *tree.packages],
    )
    names = [line.split()[1] for line in planned if line.startswith("'")]
    done = 0

    def count(line: str) -> None:
        nonlocal done
        done += line.startswith("Get:")
        report("packages", min(done, len(names)), len(names))

    _apt(work, [*install, "--download-only", *tree.packages], count)
    return [work / "cache/archives" / name for name in names]


def _apt(
    work: Path, arguments: Sequence[str], heard: Callable[[str], None] = lambda _line: None
) -> list[str]:
    """Run apt-get, handing on each line as it comes. Returns all lines; raises AptError."""
    lines: list[str] = []
    command = ["apt-get", f"--config-file={work / 'apt.conf'}", *arguments]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=PLAIN,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.strip())
            heard(line)
    if process.returncode:
        errors = [line for line in lines if line.startswith("E:")]
        raise AptError((errors or lines or ["apt-get failed without a word"])[0])
    return lines


def _prepare(work: Path, unwanted: Sequence[str]) -> None:
    for folder in ("state/lists", "cache/archives", "cache/planning"):
        (work / folder / "partial").mkdir(parents=True, exist_ok=True)
    for folder in ("sources.d", "preferences.d"):
        (work / folder).mkdir(exist_ok=True)
    installed = "\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: all\n"
        "Multi-Arch: foreign\nVersion: 9999\nMaintainer: lab\nDescription: not needed in the lab\n"
        for name in unwanted
    )
    (work / "state/status").write_text(installed, "utf-8")
    (work / "preferences").write_text(
        "Package: *\nPin: release o=Debian\nPin-Priority: 500\n\n"
        'Package: *\nPin: release o="*"\nPin-Priority: -1\n',
        "utf-8",
    )
    (work / "apt.conf").write_text(_configuration(work), "utf-8")


def _configuration(work: Path) -> str:
    """Private places; no hooks of the machine; published sums are checked, expiry dates are not.

    A release that is no longer supported keeps its last, expired signature date.
    """
    return f"""
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Dir::State "{work}/state";
Dir::State::status "{work}/state/status";
Dir::Cache "{work}/cache";
Dir::Cache::archives "archives";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "{work}/sources.d";
Dir::Etc::preferences "{work}/preferences";
Dir::Etc::preferencesparts "{work}/preferences.d";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
APT::Keep-Downloaded-Packages "true";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Get::List-Cleanup "true";
"""
