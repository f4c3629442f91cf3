"""A server without a panel keeps to what every panel must keep to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import PanelAbsent
from core.standalone import Standalone
from tests.contract.panel import ContractServer, PanelContract
from tests.contract.postfix_server import TOUCHED, postfix_server

if TYPE_CHECKING:
    from pathlib import Path


class TestStandalone(PanelContract):
    """Plain Postfix of Debian 12."""

    name = "standalone"
    mail_file = "/etc/postfix/main.cf"

    @pytest.fixture
    def server(self, tmp_path: Path) -> ContractServer:
        """Postfix, and a domain of its own."""
        host = postfix_server(tmp_path / "root", "debian-12")
        host.main.write_text(host.main.read_text() + "relay_domains = one.test\n")

        def leave() -> None:
            host.answers["postconf"] = lambda _: (127, "")

        return ContractServer(host, Standalone(host), TOUCHED, {"absent": (leave, PanelAbsent)})
