"""A disk as large as a test wants, below a machine: what is written there fits, or does not.

The machine's files are seen through an overlay whose upper half is a file system of fixed size.
The mail queue, Plesk's own folders and /run are on disks of their own, as on many servers: what is
full is where Mailward is. Everything must be mounted before anything runs, and goes with `close`.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.lab.release import LabUnavailableError

ELSEWHERE: Final = ("opt/psa", "run", "var/spool", "var/lib/psa", "tmp", "root")
"""What is on other disks: Postfix takes no mail where its queue's disk is full."""

KILOBYTE: Final = 1024


class SmallDisk:
    """The disk.

    Args:
        root: the machine's, on which nothing runs yet.
        megabytes: its size.
    """

    def __init__(self, root: Path, megabytes: int) -> None:
        self._root = root
        self._place = root.with_name(f"{root.name}.disk")
        self._mounted: list[Path] = []
        try:
            self._mount(megabytes)
        except BaseException:
            self.close()
            raise

    def _mount(self, megabytes: int) -> None:
        self._place.mkdir()
        for name in ELSEWHERE:
            shutil.copytree(
                self._root / name, self._place / name, symlinks=True, copy_function=_copy
            )
            _dress(self._root / name, self._place / name)
        disk = self._place / "disk"
        disk.mkdir()
        self._run(disk, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs")
        for name in ("upper", "work"):
            (disk / name).mkdir()
        (disk / "upper").chmod(0o755)
        layers = f"lowerdir={self._root},upperdir={disk}/upper,workdir={disk}/work"
        self._run(self._root, "-t", "overlay", "-o", layers, "overlay")
        for name in ELSEWHERE:
            self._run(self._root / name, "--bind", str(self._place / name))

    def _run(self, target: Path, *words: str) -> None:
        command = ("mount", *words, str(target))
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise LabUnavailableError(f"nothing can be mounted here: {result.stderr.strip()}")
        self._mounted.append(target)

    @property
    def free(self) -> int:
        """Octets that fit yet."""
        status = os.statvfs(self._root)
        return status.f_bavail * status.f_frsize

    def leave(self, kilobytes: int) -> None:
        """Let only so much fit from now on; who runs there takes some of it meanwhile."""
        with (self._root / "hog").open("ab", buffering=0) as hog:
            while (size := self.free - kilobytes * KILOBYTE) > 0:
                try:
                    hog.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    return  # nothing fits any more

    def make_room(self) -> None:
        """Let everything fit again."""
        (self._root / "hog").unlink(missing_ok=True)

    def close(self) -> None:
        """Take it away, whatever has been made."""
        for target in reversed(self._mounted):
            subprocess.run(["umount", "--lazy", str(target)], check=False)
        self._mounted.clear()
        shutil.rmtree(self._place, ignore_errors=True)


def _copy(source: str, target: str) -> None:
    """A file with its owner; sockets and pipes, which nobody serves yet, are left out."""
    if Path(source).is_file():
        shutil.copy2(source, target)
        status = Path(source).stat()
        os.chown(target, status.st_uid, status.st_gid)


def _dress(source: Path, target: Path) -> None:
    """Folders with their owners and modes."""
    for folder, _, _ in os.walk(source):
        status = Path(folder).stat()
        place = target / Path(folder).relative_to(source)
        os.chown(place, status.st_uid, status.st_gid)
        place.chmod(status.st_mode & 0o7777)
