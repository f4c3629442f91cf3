"""Everything that somebody needs who helps: one archive, without secrets.

Made in memory, so that a page can hand it out and nothing is left lying about. Whatever part cannot
be had, its error stands in its place. A last look takes every secret that is known here out of all
texts, wherever it came from; passwords of people never reach Mailward's records in the first place.
"""

from __future__ import annotations

import io
import platform
import re
import subprocess
import sys
import time
import traceback
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from core import __version__
from core.desk.exchange import is_secret
from core.desk.hooks import hooks, verify
from core.desk.moment import iso
from core.desk.picture import picture
from core.desk.update import state
from core.desk.values import MASK
from core.errors import MailwardError
from core.settings.config import Config

if TYPE_CHECKING:
    from core.desk.desk import Desk

LINES: Final = 200
"""Lines of each log."""

SECONDS: Final = 10.0
"""How long the service manager may take for its log."""

UNITS: Final = ("mailward", "mailward-web", "mailward-reconcile", "mailward-update")

SHORTEST: Final = 6
"""Letters of a secret that is looked for in texts: a shorter one would take ordinary words out."""

_SECRET_FILES: Final = ("*.secret", "licence*")


def archive(desk: Desk) -> bytes:
    """The archive (zip). Never raises for what is wrong with the server: that is what it shows."""
    hidden = _secrets(desk)
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in _PARTS.items():
            packed.writestr(name, _without(hidden, _text(part, desk)))
    return page.getvalue()


def file_name(now: float) -> str:
    """What the archive may be called.

    Args:
        now: seconds since 1970.
    """
    return f"mailward-diagnostics-{time.strftime('%Y%m%d-%H%M', time.gmtime(now))}.zip"


def _text(part: Callable[[Desk], object], desk: Desk) -> str:
    try:
        found = part(desk)
    except MailwardError as error:
        return f"cannot be had: {error}\n"
    except Exception as error:  # noqa: BLE001  what is broken is what this is for
        return f"cannot be had:\n{''.join(traceback.format_exception(error))}"
    if isinstance(found, str):
        return found
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"


def _secrets(desk: Desk) -> list[str]:
    """All that must not leave this server, as far as this process may read it."""
    found: set[str] = set()
    try:
        for values in desk.stored().values():
            found |= {str(value) for name, value in values.items() if is_secret(name)}
    except MailwardError:  # then they are not in the archive either
        pass
    found.update(re.findall(r"://[^:/@]*:(.*)@", desk.config.store_url))
    for pattern in _SECRET_FILES:
        for path in desk.config.state.glob(pattern):
            try:
                found.add(path.read_text(encoding="utf-8", errors="replace").strip())
            except OSError:
                continue
    return sorted((each for each in found if len(each) >= SHORTEST), key=len, reverse=True)


def _without(hidden: list[str], text: str) -> str:
    for each in hidden:
        for spelling in (each, msgspec.json.encode(each).decode()[1:-1]):
            text = text.replace(spelling, MASK)
    return text


def _versions(desk: Desk) -> dict[str, Any]:
    try:
        found: Any = msgspec.to_builtins(desk.panel.probe())
    except MailwardError as error:
        found = str(error)
    return {
        "mailward": __version__,
        "made": iso(time.time()),
        "panel": desk.panel.name,
        "found": found,
        "python": sys.version,
        "system": platform.platform(),
        "libraries": dict(sorted({each.name: each.version for each in distributions()}.items())),
    }


def _config(desk: Desk) -> Any:
    plain = msgspec.to_builtins(desk.config)
    plain["store"]["url"] = masked_url(desk.config.store.url)
    return plain


def masked_url(url: str) -> str:
    """The address of a store without its password."""
    url = re.sub(r"(://[^:/@]*:).*@", rf"\g<1>{MASK}@", url)
    return re.sub(r"(?i)(password=)[^&]*", rf"\g<1>{MASK}", url)


def _settings(desk: Desk) -> list[dict[str, Any]]:
    return [
        {
            "level": level,
            "scope": scope,
            "values": {
                name: MASK if is_secret(name) and value else value for name, value in values.items()
            },
        }
        for (level, scope), values in desk.stored().items()
    ]


def _status(desk: Desk) -> Any:
    return picture(desk, hooks=True)


def _hooks(desk: Desk) -> str:
    found = hooks(desk.config, desk.panel, only_look=True)
    lines = [f"{each.name}: {each.state} {each.problem}".rstrip() for each in verify(found)]
    for each in found:
        try:
            lines += ["", f"== {each.name} ==", each.plan().describe()]
        except MailwardError as error:
            lines += ["", f"== {each.name} ==", f"cannot be planned: {error}"]
    return "\n".join(lines) + "\n"


def _data(desk: Desk) -> Any:
    return state(desk.config)


def _events(desk: Desk) -> str:
    with (desk.config.log / "events.jsonl").open(encoding="utf-8", errors="replace") as file:
        return "".join(deque(file, maxlen=LINES))


def _log(_: Desk) -> str:
    """What the services said, as the service manager kept it (journalctl(1))."""
    units = [word for unit in UNITS for word in ("-u", unit)]
    command = ["journalctl", *units, "-n", str(LINES), "--no-pager", "-o", "short-iso"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        return "there is no journalctl here; the log is where the service manager puts it\n"
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"cannot be had: {error}\n"
    return done.stdout + done.stderr


def _files(desk: Desk) -> str:
    return "".join(f"{line}\n" for line in _listed(desk.config))


def _listed(config: Config) -> Iterator[str]:
    for folder in (config.state, config.log, config.run):
        yield f"{folder}:"
        try:
            for path in sorted(folder.rglob("*")):
                yield _line(folder, path)
        except OSError as error:
            yield f"  cannot be read: {error.strerror}"


def _line(folder: Path, path: Path) -> str:
    try:
        found = path.lstat()
    except OSError as error:
        return f"  {path.relative_to(folder)}: {error.strerror}"
    owner = f"{found.st_uid}:{found.st_gid}"
    return (
        f"  {found.st_mode & 0o7777:04o} {owner:<11} {found.st_size:>12} "
        f"{iso(found.st_mtime)} {path.relative_to(folder)}"
    )


_PARTS: Final[dict[str, Callable[[Desk], object]]] = {
    "versions.json": _versions,
    "config.json": _config,
    "settings.json": _settings,
    "status.json": _status,
    "hooks.txt": _hooks,
    "data.json": _data,
    "events.jsonl": _events,
    "log.txt": _log,
    "files.txt": _files,
}
"""File in the archive -> what is in it."""
