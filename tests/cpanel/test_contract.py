"""cPanel keeps to what every panel must keep to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from core.errors import MailServerUnsupported, PanelAbsent, PanelBroken, PanelTooOld
from cpanel import places, registration
from cpanel.panel import Cpanel
from cpanel.registration import contents
from tests.contract.panel import ContractServer, PanelContract
from tests.cpanel.folder import cpanel_folder

if TYPE_CHECKING:
    from pathlib import Path


TOUCHED = (
    r"etc/exim\.conf(\.localopts)?",
    r"etc/mailward(/exim(/\w+\.conf)?)?",
    r"etc/chkserv\.d/(mailward|chkservd\.conf)",
    r"usr/local/cpanel/etc/exim/acls/ACL_\w+_BLOCK/custom_begin_\w+",
    r"usr/local/cpanel/.*[Mm]ailward.*",
    r"usr/local/share/mailward(/.*)?",
    r"var/cpanel/(.*/)?[Mm]ailward.*",
    r"var/cpanel/hooks/data",
    r"var/cpanel/(perl(/Cpanel(/Admin(/Modules)?)?)?|packages/extensions)",
)
"""What hooks and registration may change: cPanel's lists, our line in Exim's pieces, our own."""


SAMPLE = (
    *(places.APP_CONFIG, places.PLUGIN, places.HOOK, places.ADMIN, places.DRIVERS),
    *(f"{places.CGI}/mailward.cgi", f"{places.EXTENSIONS}/mailward"),
)
"""Files of each kind: all of them would be cut off at three hundred places."""


class TestCpanel(PanelContract):
    """facts/cpanel.md 11."""

    name = "cpanel"
    mail_file = f"{places.ACLS}/ACL_MAIL_PRE_BLOCK/custom_begin_mail_pre"

    @pytest.fixture
    def server(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ContractServer:
        """cPanel & WHM 126 with Exim 4.96."""
        host, _ = cpanel_folder(tmp_path / "root")
        # What is cut off here is a process, not the power: the disk need not be waited for.
        monkeypatch.setattr(os, "fsync", lambda _: None)
        kept = {path: data for path, data in contents().items() if path.startswith(SAMPLE)}
        monkeypatch.setattr(registration, "contents", lambda: kept)
        version = host.path(places.VERSION)

        def no_exim() -> None:
            host.answers["exim"] = lambda _: (127, "")

        return ContractServer(
            host,
            Cpanel(host),
            TOUCHED,
            {
                "absent": (version.unlink, PanelAbsent),
                "broken": (lambda: version.write_text(""), PanelBroken),
                "too old": (lambda: version.write_text("11.108.0.13"), PanelTooOld),
                "wrong mail server": (no_exim, MailServerUnsupported),
            },
        )
