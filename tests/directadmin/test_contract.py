"""DirectAdmin keeps to what every panel must keep to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import PanelAbsent, PanelBroken, PanelTooOld
from directadmin import places
from tests.contract.panel import ContractServer, PanelContract
from tests.directadmin.folder import DirectAdminFolder

if TYPE_CHECKING:
    from pathlib import Path

TOUCHED = (
    r"usr/local/directadmin/plugins/mailward(/.*)?",
    r"usr/local/directadmin/data/admin/(custom_package_items\.conf|services\.status)",
    r"etc/exim\.acl_(check_(helo|recipient|message)|script)\.pre\.conf",
    r"etc/mailward(/directadmin\.conf|/exim(/\w+\.conf)?)?",
)


def plugin(folder: Path) -> Path:
    """A plugin with a file of each kind."""
    for name in ("plugin.conf.in", "admin/index.html", "hooks/user_create_post.sh"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("id=mailward\nactive=yes\nversion=@VERSION@\n")
    return folder


class TestDirectAdmin(PanelContract):
    """facts/directadmin.md 8 and 9."""

    name = "directadmin"
    mail_file = "/etc/exim.acl_check_recipient.pre.conf"

    @pytest.fixture
    def server(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ContractServer:
        """DirectAdmin 1.690 with Exim, and a plugin of a few files: one more is no other case."""
        monkeypatch.setattr(places, "PLUGIN_FILES", plugin(tmp_path / "plugin"))
        host = DirectAdminFolder(tmp_path / "root")

        def says(code: int, text: str) -> None:
            host.version_said = (code, text)

        return ContractServer(
            host,
            host.panel,
            TOUCHED,
            {
                "absent": (host.path(places.PROGRAM).unlink, PanelAbsent),
                "broken": (lambda: says(1, "license has expired"), PanelBroken),
                "too old": (lambda: says(0, "Version: DirectAdmin v.1.59.5"), PanelTooOld),
                "wrong mail server": (lambda: host.answers.pop("exim"), None),
            },
        )
