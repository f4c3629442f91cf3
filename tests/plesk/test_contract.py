"""Plesk keeps to what every panel must keep to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from core.errors import PanelAbsent, PanelBroken, PanelTooOld
from plesk.panel import Plesk
from tests.contract.panel import ContractServer, PanelContract
from tests.contract.postfix_server import TOUCHED, postfix_server

if TYPE_CHECKING:
    from pathlib import Path

DOMAINS = "shop.example\tanna\tclient\trita\treseller\nown.example\trita\treseller\tadmin\tadmin\n"


class TestPlesk(PanelContract):
    """facts/plesk.md 13.4."""

    name = "plesk"
    mail_file = "/etc/postfix/main.cf"

    @pytest.fixture
    def server(self, tmp_path: Path) -> ContractServer:
        """Plesk 18.0.62 with Postfix."""
        host = postfix_server(tmp_path / "root")
        psa = host.root / "etc/psa"
        psa.mkdir()
        (psa / "psa.conf").write_text("PRODUCT_ROOT_D /opt/psa\n")
        (host.root / "opt/psa").mkdir(parents=True)
        version = host.root / "opt/psa/version"
        version.write_text("18.0.62 Debian 12\n")

        def plesk(command: Sequence[str]) -> tuple[int, str]:
            if command[1] == "version":
                number = version.read_text().split()
                return (0, f"Product version: Plesk Obsidian {number[0]}\n") if number else (1, "")
            if command[1] == "db":
                return 0, "shop.example\tbob\n" if "mail_name" in command[5] else DOMAINS
            return 1, "no such extension"

        def mailmng(server: str) -> None:
            said = f"SMTP_Server = {server}\n"
            host.answers["/opt/psa/admin/sbin/mailmng"] = lambda _: (0, said)

        host.answers["plesk"] = plesk
        mailmng("Postfix")
        return ContractServer(
            host,
            Plesk(host),
            TOUCHED,
            {
                "absent": ((psa / "psa.conf").unlink, PanelAbsent),
                "broken": (lambda: version.write_text(""), PanelBroken),
                "too old": (lambda: version.write_text("17.8.11 CentOS 7\n"), PanelTooOld),
                "wrong mail server": (lambda: mailmng("QMail"), None),
            },
        )
