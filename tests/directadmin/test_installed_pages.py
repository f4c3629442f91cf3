"""The pages of an installed Mailward, through DirectAdmin: groups, sockets, units as they are."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from core.system.host import Host
from directadmin.question import DOOR
from tests.directadmin.double.da_web import DirectAdminWeb
from tests.directadmin.panel_session import PanelSession
from tests.lab.readiness import await_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.directadmin.double.server import DirectAdminServer

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def panel(installed: DirectAdminServer) -> Iterator[DirectAdminWeb]:
    """DirectAdmin's web server, at another port than when Mailward was installed."""
    settings = installed.root / "usr/local/directadmin/conf/directadmin.conf"
    before, status = settings.read_bytes(), settings.stat()
    with DirectAdminWeb(installed.root) as web:
        record = installed.root / DOOR[1:]
        port = f"port={web.port}\n"
        await_true(lambda: port in record.read_text(), "the port that root writes down", str)
        yield web
        assert web.errors == []
    settings.write_bytes(before)
    settings.chmod(stat.S_IMODE(status.st_mode))
    await_true(lambda: port not in record.read_text(), "the port as it was", str)


@pytest.mark.parametrize(
    ("login", "level", "route"),
    [
        ("admin", "admin", "/dashboard"),
        ("rita", "reseller", "/customers"),
        ("anna", "user", "/domains/example.test"),
        ("bert", "user", "/domains/customer.test"),
    ],
)
def test_everybody_s_pages_are_there(
    panel: DirectAdminWeb, login: str, level: str, route: str
) -> None:
    """E4, E5, E6."""
    answer = PanelSession(panel, login, level).get(route)
    assert answer.code == 200, answer.text


def test_nobody_else_s_are(panel: DirectAdminWeb) -> None:
    assert PanelSession(panel, "anna").get("/domains/customer.test").code == 404
    assert PanelSession(panel, "anna").get("/system").code in (403, 404)


def test_sockets_are_for_whom_they_should_be(
    panel: DirectAdminWeb, installed: DirectAdminServer
) -> None:
    """The pages' own for the plugin's group; the other for everybody."""
    own = installed.root / "run/mailward-web"
    door = installed.root / "run/mailward-customers"
    assert panel.address
    assert own.stat().st_gid == Host(installed.root).gid("mailward-ui")
    assert stat.S_IMODE(own.stat().st_mode) == 0o750
    assert stat.S_IMODE(door.stat().st_mode) == 0o755
    assert stat.S_IMODE((door / "web.sock").stat().st_mode) == 0o666
    assert stat.S_IMODE((own / "web.sock").stat().st_mode) & 0o007 == 0
