"""AppConfig: the applications that WHM shows, and to whom."""

from __future__ import annotations

import json
import re

from tests.cpanel.double.commands.machine import CPANEL, Failure, Machine, pairs

STOCK_ACLS = frozenset({"all", "list-accts", "create-acct", "acct-summary"})


class AppConfig(Machine):
    """Registers, forgets and lists them."""

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
