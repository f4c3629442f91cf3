"""Jupiter's plugins: tiles on the customers' first page, and the features that show them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cpanel.double.commands.machine import CPANEL, Failure, Machine


class Jupiter(Machine):
    """Installs and removes them."""

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
