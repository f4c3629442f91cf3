"""The double's cPanel commands; they run inside the machine, with its own Python.

Only the standard library, and nothing of this project: it is copied into machines. What each reads,
does and prints is in facts/cpanel.md 11; where they are careless, so are the real ones.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

CPANEL = "usr/local/cpanel"
STOCK_ACLS = frozenset({"all", "list-accts", "create-acct", "acct-summary"})
SERVICE = re.compile(r"service\[([\w-]+)\]=(x,x,x,[^,]+,[^,]+,[^,\n]+|\d+,.*)")
BLOCKS = ("CONNECT", "SMTP_AUTH", "MAIL_PRE", "MAIL", "RECIPIENT", "CHECK_MESSAGE_PRE", "NOT_SMTP")


class Failure(Exception):
    """A command says this and ends with 1."""


class Commands:
    """The commands of one machine.

    Args:
        root: its file system.
        exim: whether there is a real Exim, which reads what is built.
    """

    def __init__(self, root: Path = Path("/"), *, exim: bool = True) -> None:
        self.root = root
        self._exim = exim

    def run(self, name: str, words: Sequence[str]) -> tuple[int, str]:
        """Run one: its exit code and what it prints."""
        command: Callable[..., str] = getattr(self, name)
        try:
            return 0, command(*words)
        except Failure as failure:
            return 1, f"{failure}\n"

    def path(self, inside: str) -> Path:
        """Where a path of the machine is."""
        return self.root / inside.lstrip("/")

    # AppConfig

    def register_appconfig(self, file: str) -> str:
        """Keep a copy; rights that nobody knows are dropped without a word."""
        text = self.path(file).read_text("utf-8")
        app = pairs(text)
        missing = [key for key in ("name", "service", "url") if not app.get(key)]
        if missing:
            raise Failure(f"{file}: no {missing[0]}")
        known = STOCK_ACLS | self._drivers()
        kept = ",".join(each for each in app.get("acls", "").split(",") if each in known)
        text = re.sub(r"(?m)^acls=.*$", f"acls={kept}", text)
        target = self.path(f"/var/cpanel/apps/{app['name'].lower()}.conf")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        target.chmod(0o600)
        return f"{app['name']} registered\n"

    def unregister_appconfig(self, name: str) -> str:
        """Forget it."""
        target = self.path(f"/var/cpanel/apps/{name}.conf")
        if not target.exists():
            raise Failure(f"{name} is not registered")
        target.unlink()
        return f"{name} unregistered\n"

    def whmapi1(self, *words: str) -> str:
        """Applications, as WHM lists them."""
        function = next(word for word in words if not word.startswith("-"))
        if function != "get_appconfig_application_list":
            raise Failure(f"Unknown app {function}")
        found = []
        for file in sorted(self.path("/var/cpanel/apps").glob("*.conf")):
            app = pairs(file.read_text("utf-8"))
            rights = [each for each in app.get("acls", "").split(",") if each]
            found.append({"name": app["name"], "entryurl": app.get("entryurl"), "acls": rights})
        said = {"data": {"whostmgr": found}, "metadata": {"result": 1, "reason": "OK"}}
        return json.dumps(said) + "\n"

    def _drivers(self) -> set[str]:
        folder = self.path(f"/{CPANEL}/Cpanel/Config/ConfigObj/Driver")
        text = "".join(file.read_text("utf-8") for file in folder.glob("*.pm"))
        return set(re.findall(r"acl\s*=>\s*'([\w-]+)'", text))

    # hooks

    def manage_hooks(self, verb: str, *words: str) -> str:
        """`add`, `delete`, `list`. A second `add` makes a second entry; `delete` takes out one."""
        entries = self.hooks()
        if verb == "list":
            return self._listing(entries)
        kind, reference, *options = words
        entry = {"type": kind, "hook": reference, **self._described(reference, options)}
        if verb == "add":
            if not os.access(self.path(reference), os.X_OK):
                raise Failure(f"{reference} cannot be run")
            entries.append(entry)
        elif entry in entries:
            entries.remove(entry)
        else:
            raise Failure("no such hook")
        file = self.path("/var/cpanel/hooks/data")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(entries), "utf-8")
        return f"{verb}ed hook for {entry['category']}::{entry['event']} in hooks registry\n"

    def hooks(self) -> list[dict[str, Any]]:
        """What is registered."""
        file = self.path("/var/cpanel/hooks/data")
        return list(json.loads(file.read_text("utf-8"))) if file.exists() else []

    @staticmethod
    def _described(reference: str, options: list[str]) -> dict[str, str]:
        if "--manual" not in options:
            raise Failure(f"{reference}: the double knows --manual only")
        values = {"stage": "post", "escalateprivs": "0"}
        for name in ("category", "event", "stage", "escalateprivs"):
            if f"--{name}" in options:
                values[name] = options[options.index(f"--{name}") + 1]
        if not {"category", "event"} <= values.keys():
            raise Failure("a category and an event are needed")
        return values

    @staticmethod
    def _listing(entries: list[dict[str, Any]]) -> str:
        lines = []
        for category in sorted({str(each["category"]) for each in entries}):
            lines.append(f"{category}:")
            for each in entries:
                if each["category"] == category:
                    lines.append(f"    {each['event']}:")
                    lines += [f"        {key}: {each[key]}" for key in ("hook", "stage", "type")]
        return "".join(f"{line}\n" for line in lines)

    def fire(self, category: str, event: str, data: str, user: str = "root") -> str:
        """Something happens: the scripts that are registered for it run, as cPanel has them run."""
        said = []
        for entry in self.hooks():
            if (entry["category"], entry["event"]) != (category, event):
                continue
            escalates = entry["escalateprivs"] == "1"
            context = {"category": category, "event": event, "stage": entry["stage"]}
            given = json.dumps({"hook": entry, "context": context, "data": json.loads(data)})
            is_root = category != "Cpanel" or escalates or user == "root"
            done = subprocess.run(
                [entry["hook"]],
                input=given,
                capture_output=True,
                text=True,
                check=False,
                env={},
                cwd="/",
                user=None if is_root else pwd.getpwnam(user).pw_uid,
            )
            said.append(f"{done.stdout}{done.stderr}")
        return "".join(said)

    # Jupiter

    def install_plugin(self, folder: str, *_: str) -> str:
        """Write a record for each link, with the caller's umask, and a feature."""
        for item in self._items(folder):
            record = self._record(item["id"])
            record.parent.mkdir(parents=True, exist_ok=True)
            record.unlink(missing_ok=True)
            fields = {
                "description": item["name"],
                "feature": item["feature"],
                "file": item["id"],
                "group": item["group_id"],
                "height": "48",
                "imgtype": "icon",
                "itemdesc": item["name"],
                "itemorder": str(item["order"]),
                "subtype": "img",
                "type": "image",
                "url": item["uri"],
                "width": "48",
            }
            record.write_text(",".join(f"{key}=>{value}" for key, value in fields.items()) + "\n")
            feature = self._feature(item["feature"])
            feature.parent.mkdir(parents=True, exist_ok=True)
            feature.write_text(f"{item['feature']}:{item['name']}\n")
        return "Plugin installed ok\n"

    def uninstall_plugin(self, folder: str, *_: str) -> str:
        """Take both away."""
        for item in self._items(folder):
            self._record(item["id"]).unlink(missing_ok=True)
            self._feature(item["feature"]).unlink(missing_ok=True)
        return "Plugin uninstalled ok\n"

    def _items(self, folder: str) -> list[dict[str, Any]]:
        file = self.path(f"{folder}/install.json")
        if not file.exists():
            raise Failure(f"{folder} has no install.json")
        items = json.loads(file.read_text("utf-8"))
        for item in items:
            if not (file.parent / item["icon"]).exists():
                raise Failure(f"{item['icon']} is missing")
        return [item for item in items if item["type"] == "link"]

    def _record(self, name: str) -> Path:
        base = f"/{CPANEL}/base/frontend/jupiter/dynamicui"
        return self.path(f"{base}/dynamicui_{name}.conf")

    def _feature(self, name: str) -> Path:
        return self.path(f"/{CPANEL}/whostmgr/addonfeatures/{name}")

    # Exim

    def buildeximconf(self, *words: str) -> str:
        """Assemble the configuration; with `--acl_dry_run` only try it."""
        text = self._built()
        if self._exim:
            self._try(text)
        if "--acl_dry_run" in words:
            return "Dry Run ok\n"
        target = self.path("/etc/exim.conf")
        target.write_text(text, "utf-8", "surrogateescape")
        target.chmod(0o644)
        return "Configuration file passes test!\n"

    def _built(self) -> str:
        skeleton = self.path(f"/{CPANEL}/etc/exim/skeleton").read_text("utf-8")
        for block in BLOCKS:
            text = self._block(f"ACL_{block}_BLOCK")
            skeleton = skeleton.replace(f"%ACL_{block}_BLOCK%", text)
            option = f"%OPTION_{block}%"
            name = block.lower()
            value = f"acl_{name} = acl_{name}" if text.strip() else f"# no acl_{name}"
            skeleton = skeleton.replace(option, value)
        return skeleton

    def _block(self, name: str) -> str:
        """The pieces of a block in their order, but those that are switched off."""
        folder = self.path(f"/{CPANEL}/etc/exim/acls/{name}")
        files = sorted(folder.iterdir(), key=_order) if folder.is_dir() else []
        return "".join(
            file.read_text("utf-8", "surrogateescape")
            for file in files
            if self.option(f"acl_{file.name}") != "0"
        )

    def option(self, name: str) -> str:
        """A switch of exim.conf.localopts."""
        file = self.path("/etc/exim.conf.localopts")
        return pairs(file.read_text("utf-8")).get(name, "") if file.exists() else ""

    def _try(self, text: str) -> None:
        folder = self.path("/etc")
        with tempfile.NamedTemporaryFile("w", dir=folder, errors="surrogateescape") as file:
            file.write(text)
            file.flush()
            trial = Path(file.name)
            trial.chmod(0o644)
            inside = [] if self.root == Path("/") else ["chroot", str(self.root)]
            done = subprocess.run(
                [*inside, "/usr/sbin/exim", "-C", f"/etc/{trial.name}", "-bV"],
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise Failure(f"Configuration file is broken: {done.stdout}{done.stderr}")

    def save_exim(self) -> str:
        """What WHM's page does when somebody saves: a switch for every piece, 0 for empty ones."""
        file = self.path("/etc/exim.conf.localopts")
        values = pairs(file.read_text("utf-8")) if file.exists() else {}
        for piece in self.path(f"/{CPANEL}/etc/exim/acls").glob("ACL_*/*"):
            values.setdefault(f"acl_{piece.name}", "1" if piece.read_text().strip() else "0")
        file.write_text("".join(f"{key}={value}\n" for key, value in sorted(values.items())))
        return self.buildeximconf() + self.restartsrv_exim()

    def reset_exim(self) -> str:
        """WHM's Reset tab: "Disable all third-party and custom ACLs"."""
        file = self.path("/etc/exim.conf.localopts")
        values = pairs(file.read_text("utf-8")) if file.exists() else {}
        for piece in self.path(f"/{CPANEL}/etc/exim/acls").glob("ACL_*/custom_*"):
            values[f"acl_{piece.name}"] = "0"
        file.write_text("".join(f"{key}={value}\n" for key, value in sorted(values.items())))
        return self.buildeximconf() + self.restartsrv_exim()

    def restartsrv_exim(self, *_: str) -> str:
        """Let the running one read its configuration anew, and wait until it says that it does."""
        pid, log = self.path("/run/exim4.pid"), self.path("/var/log/exim4/mainlog")
        if self._exim and pid.exists():
            begun = log.stat().st_size
            os.kill(int(pid.read_text()), signal.SIGHUP)
            ends = time.monotonic() + 60
            while b"daemon started" not in log.read_bytes()[begun:]:
                if time.monotonic() > ends:
                    raise Failure("exim does not come up")
                time.sleep(0.05)
        return "exim restarted successfully.\n"

    # the rest

    def restartsrv_chkservd(self, *_: str) -> str:
        """Read every service; a line that cannot be read stops it."""
        folder = self.path("/etc/chkserv.d")
        for file in folder.iterdir():
            if file.name != "chkservd.conf" and not SERVICE.match(file.read_text("utf-8")):
                raise Failure(f"chkservd: {file.name} cannot be read")
        return "chkservd restarted successfully.\n"

    def updateuserdomains(self) -> str:
        """The maps, from the accounts' own records."""
        domains, mains, owners = {}, {}, {}
        for file in sorted(self.path("/var/cpanel/users").iterdir()):
            record = pairs(file.read_text("utf-8"))
            mains[record["DNS"]] = file.name
            owners[file.name] = record.get("OWNER", "root")
            named = [value for key, value in record.items() if re.fullmatch(r"DNS\d*", key)]
            domains.update(dict.fromkeys(named, file.name))
        for name, found, last, mode in (
            ("userdomains", domains, "*: nobody\n", 0o644),
            ("trueuserdomains", mains, "", 0o644),
            ("trueuserowners", owners, "", 0o640),
        ):
            text = "".join(f"{key}: {value}\n" for key, value in sorted(found.items())) + last
            file = self.path(f"/etc/{name}")
            if not file.exists() or file.read_text("utf-8") != text:
                file.write_text(text, "utf-8")
            file.chmod(mode)
        return ""

    def upcp(self) -> str:
        """An update: a fresh tree of its own without anybody's additions, Exim built anew."""
        tree = self.path(f"/{CPANEL}/Cpanel/Config/ConfigObj/Driver")
        for path in sorted(tree.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        version = self.path(f"/{CPANEL}/version")
        *rest, build = version.read_text().strip().split(".")
        version.write_text(f"{'.'.join(rest)}.{int(build) + 1}\n")
        said = self.buildeximconf() + self.restartsrv_exim()
        return said + self.fire("System", "upcp", json.dumps({"at": int(time.time())}))


def _order(file: Path) -> tuple[int, str]:
    first, last = file.name.startswith("custom_begin"), file.name.startswith("custom_end")
    return (0 if first else 2 if last else 1), file.name


def pairs(text: str) -> dict[str, str]:
    """The lines `key=value` of a text."""
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {key.strip(): value.strip() for key, equals, value in lines if equals}


if __name__ == "__main__":
    code, said = Commands().run(sys.argv[1], sys.argv[2:])
    sys.stdout.write(said)
    sys.exit(code)
