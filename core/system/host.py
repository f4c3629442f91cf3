"""The machine whose files and commands a plan touches: this one, or another system in a folder.

Turns names as that machine knows them into real paths, and runs its commands without a shell. It
knows nothing about mail servers.
"""

from __future__ import annotations

import grp
import os
import pwd
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.errors import MailwardError

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C",
}
"""What every command sees: nothing of ours, and messages in the language that we parse."""

UMASK = 0o022
"""What files of a command can be for others: panels' commands inherit the administrator's, and what
they write for others to read is then read by nobody (facts/cpanel.md 2)."""

NOT_FOUND = 127
NOT_RUN = 126
TIMED_OUT = 124
"""Exit codes for a command that is not there, cannot be run or took too long, as shells and
timeout(1) have it."""

LARGEST = 64 << 20
"""Octets of what a command prints that are read; configurations have a few million at most."""

TOLD = 2000
"""Letters of a command's complaint that are passed on."""

LINKS = 40
"""Symbolic links on the way to one file before they are called a loop (path_resolution(7))."""


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    command: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    @property
    def failure(self) -> str:
        """The command, its exit code and what it complained about, in one line, nothing twice."""
        lines = (self.stderr.strip() or self.stdout.strip()).splitlines()
        said = " | ".join(dict.fromkeys(lines))
        if len(said) > TOLD:
            said = f"{said[:TOLD]}…"
        words = ("…" if "\n" in word else word for word in self.command)
        return f"`{' '.join(words)}` ended with {self.code}: {said or 'it said nothing'}"

    def require(self, error: type[MailwardError]) -> str:
        """What it printed.

        Raises:
            error: it did not end with 0; the text carries command and complaint.
        """
        if self.code:
            raise error(self.failure)
        return self.stdout


class Host:
    """A machine.

    Args:
        root: "/" for this machine; otherwise a folder that holds another system (a lab, an image
            that is being built), whose commands run inside it with chroot(8).
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root.resolve()

    def path(self, name: str) -> Path:
        """The real path of a file that the machine calls `name` (absolute).

        Symbolic links are followed as that machine would follow them, so that an absolute link
        inside the folder does not lead out of it, and an edit reaches the file and not the link.

        Raises:
            ValueError: the name is not absolute.
            OSError: a loop of links.
        """
        if not name.startswith("/"):
            raise ValueError(f"{name}: not an absolute path")
        if self.root == Path("/"):
            return Path(name).resolve()
        todo = list(reversed(PurePosixPath(name).parts[1:]))
        done: list[str] = []
        links = 0
        while todo:
            part = todo.pop()
            if part == "..":
                done = done[:-1]
                continue
            here = self.root.joinpath(*done, part)
            if not here.is_symlink():
                done.append(part)
                continue
            links += 1
            if links > LINKS:
                raise OSError(f"{name}: too many symbolic links")
            target = here.readlink()
            if target.is_absolute():
                done = []
            todo.extend(reversed([each for each in target.parts if each != "/"]))
        return self.root.joinpath(*done)

    def exists(self, name: str) -> bool:
        """Whether the machine has a file or folder of this name."""
        return self.path(name).exists()

    def run(
        self,
        command: Sequence[str],
        *,
        timeout: float = 60,
        text: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Result:
        """Run a command of that machine and wait for it; never through a shell.

        Its output goes to files, not pipes: a server that the command leaves behind may keep them
        open without holding us.

        Args:
            timeout: seconds after which it and its children are killed; the code is then 124.
            text: what it reads on its standard input.
            environment: variables beyond `ENVIRONMENT`.
        """
        import tempfile  # noqa: PLC0415  0.8 MB that the daemon, which asks root's record, needs not

        inside = [] if self.root == Path("/") else ["chroot", str(self.root)]
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            given.write(text.encode())
            given.seek(0)
            try:
                process = subprocess.Popen(
                    [*inside, *command],
                    stdin=given,
                    stdout=out,
                    stderr=err,
                    cwd="/",
                    env={**ENVIRONMENT, **(environment or {})},
                    start_new_session=True,
                    umask=UMASK,
                )
            except FileNotFoundError:
                return Result(tuple(command), NOT_FOUND, "", "there is no such command")
            except OSError as error:  # no right to, or half of it: an update is under way
                return Result(tuple(command), NOT_RUN, "", error.strerror or str(error))
            code = _wait(process, timeout)
            printed = [_content(each.fileno()) for each in (out, err)]
        if code == TIMED_OUT:
            printed[1] += f"killed after {timeout:g} seconds"
        return Result(tuple(command), code, printed[0], printed[1])

    def uid(self, user: str) -> int:
        """The machine's number of a user.

        Raises:
            KeyError: it has no such user.
        """
        if self.root == Path("/"):
            return pwd.getpwnam(user).pw_uid
        return self._number("/etc/passwd", user)

    def gid(self, group: str) -> int:
        """The machine's number of a group.

        Raises:
            KeyError: it has no such group.
        """
        if self.root == Path("/"):
            return grp.getgrnam(group).gr_gid
        return self._number("/etc/group", group)

    def _number(self, name: str, wanted: str) -> int:
        if wanted == "root":
            return 0
        path = self.path(name)
        lines = path.read_text(errors="surrogateescape").splitlines() if path.exists() else []
        for line in lines:
            fields = line.split(":")
            if fields[0] == wanted:
                return int(fields[2])
        raise KeyError(f"{wanted} is not in {name}")


def _wait(process: subprocess.Popen[bytes], timeout: float) -> int:
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return TIMED_OUT


def _content(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, min(size, LARGEST), 0).decode(errors="replace")
