"""Hooks: scripts that run when something happens in the panel."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
from typing import Any

from tests.cpanel.double.commands.machine import Failure, Machine


class Hooks(Machine):
    """Registers, lists and fires them."""

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
