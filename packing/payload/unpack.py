"""Unpacks the product on a server, with nothing but the standard library of its Python.

Each release lies in a folder of its own and is complete before it counts: ``current`` is a link
that is replaced at once, so that a failure in between, or a full disk, leaves the old release as
it was. Does not start, stop or configure anything.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import marshal
import os
import platform
import shutil
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

HERE = Path(__file__).resolve().parent

LAUNCHER = """#!/bin/sh
# Runs Mailward with the Python that its libraries were unpacked for, and with no others. It writes
# no bytecode, here or beside the system's own modules: on a full disk Python leaves half of it.
export MAILWARD_COMMAND="{prefix}/bin/mailward"
exec "{python}" -I -S -B "{prefix}/current/start.py" "$@"
"""

START = '''"""Runs the command ``mailward`` from this folder, and looks for modules nowhere else."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE / "app"), str(HERE / "lib")]

from {module}.__main__ import main  # noqa: E402  the path comes first

sys.exit(main())
'''


class UnpackError(Exception):
    """The text says what is wrong, and that nothing was changed."""


def main(arguments: list[str]) -> int:
    """Unpack into the given prefix; 0, or 1 with one line on standard error."""
    prefix = Path(arguments[0])
    try:
        manifest = json.loads((HERE / "manifest.json").read_text("utf-8"))
        release = unpack(manifest, prefix)
    except UnpackError as error:
        print(f"Nothing was changed: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        where = f"{error.filename or prefix}: {error.strerror}"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = "; make room there, and try again" if full else ""
        print(f"Nothing was changed: {where}{advice}", file=sys.stderr)
        return 1
    print(f"Mailward {manifest['version']} is unpacked in {release}.")
    return 0


def unpack(manifest: dict[str, Any], prefix: Path) -> Path:
    """Unpack a release and make it the current one.

    Args:
        manifest: what is in the package, with checksums.
        prefix: where releases are kept.

    Returns:
        The release's folder.

    Raises:
        UnpackError: the package is damaged, or has no libraries for this Python and machine.
        OSError: the disk does not do it.
    """
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    target = f"{version}-{platform.machine()}"
    wheels = manifest["targets"].get(target)
    if wheels is None:
        have = ", ".join(sorted(manifest["targets"]))
        raise UnpackError(f"the package has no libraries for {target}, only for {have}")
    releases = prefix / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    release = releases / f"{manifest['version']}-{manifest['build']}-{target}"
    if not (release / "complete").exists():
        fresh = releases / f".{release.name}.{os.getpid()}"
        try:
            _fill(manifest, wheels, fresh)
            # The daemon may not write here, and must not read every source anew at each start.
            _compile(fresh, release)
            _write(fresh / "complete", b"")
            shutil.rmtree(release, ignore_errors=True)
            fresh.rename(release)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    _make_current(prefix, release)
    _forget_old(prefix, release)
    return release


def _fill(manifest: dict[str, Any], wheels: list[str], release: Path) -> None:
    """Write everything of a release, but for its bytecode."""
    steps = ["app", *wheels]
    for done, step in enumerate(steps, 1):
        if step == "app":
            for name in manifest["files"]:
                if name.startswith("app/"):
                    _write(release / name, _checked(manifest, name))
        else:
            _checked(manifest, step)
            _unpack_wheel(HERE / step, release / "lib")
        _show(done, len(steps))
    shutil.copyfile(HERE / "setup", release / "setup")
    (release / "setup").chmod(0o755)
    (release / "start.py").write_text(START.format(module=manifest["module"]), "utf-8")


def _compile(fresh: Path, release: Path) -> None:
    """Write each module's bytecode beside it, as PEP 3147 and PEP 552 have it.

    Not by `compileall`: before 3.12.8 Python takes a write that a full disk cut short for a whole
    one, and such a module can never be imported again.
    """
    for source in fresh.rglob("*.py"):
        name = str(release / source.relative_to(fresh))  # where it will be
        text, status = source.read_bytes(), source.stat()
        try:
            code = compile(text, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue  # a library's module for other Pythons, which nobody imports
        numbers = (0, int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
        head = importlib.util.MAGIC_NUMBER + b"".join(n.to_bytes(4, "little") for n in numbers)
        _write(Path(importlib.util.cache_from_source(str(source))), head + marshal.dumps(code))


def _show(done: int, steps: int) -> None:
    """A bar where somebody looks, nothing in a log."""
    if sys.stderr.isatty():
        width = 40 * done // steps
        end = "\n" if done == steps else ""
        print(f"\runpacking [{'=' * width:<40}]", end=end, file=sys.stderr, flush=True)


def _checked(manifest: dict[str, Any], name: str) -> bytes:
    content = (HERE / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != manifest["files"].get(name):
        raise UnpackError(f"{name} is damaged; fetch the package again")
    return content


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _unpack_wheel(wheel: Path, lib: Path) -> None:
    """Put a wheel's modules in place (the binary distribution format of packaging.python.org).

    Scripts and headers of libraries are of no use here and left out.
    """
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            path = PurePosixPath(entry.filename)
            if path.is_absolute() or ".." in path.parts:
                raise UnpackError(f"{wheel.name} holds {entry.filename}, which leads out of it")
            parts = path.parts
            if parts[0].endswith(".data"):
                if len(parts) < 3 or parts[1] not in ("purelib", "platlib"):
                    continue
                parts = parts[2:]
            if not entry.is_dir():
                _write(lib.joinpath(*parts), archive.read(entry))


def _make_current(prefix: Path, release: Path) -> None:
    """Let the link name the release, and the launcher its Python."""
    launcher = LAUNCHER.format(python=sys.executable, prefix=prefix)
    path = prefix / "bin" / "mailward"
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_name(f".mailward.{os.getpid()}")
    fresh.write_text(launcher, "utf-8")
    fresh.chmod(0o755)
    link = prefix / f".current.{os.getpid()}"
    link.unlink(missing_ok=True)
    current = prefix / "current"
    if current.is_symlink() and current.resolve() != release:
        previous = prefix / f".previous.{os.getpid()}"
        previous.symlink_to(current.readlink())
        previous.replace(prefix / "previous")
    link.symlink_to(release.relative_to(prefix))
    link.replace(current)
    fresh.replace(path)


def _forget_old(prefix: Path, release: Path) -> None:
    """Keep the release before this one, for the way back; remove those before it."""
    kept = {release, (prefix / "previous").resolve()}
    for old in (prefix / "releases").iterdir():
        if old.resolve() not in kept:
            shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
