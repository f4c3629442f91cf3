"""What Plesk says of itself is understood, in all its ways, and its silence too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from core.errors import PanelAbsent, PanelBroken, PanelTooOld
from core.panel import Doors, Panel
from core.words import Stage
from plesk.panel import Plesk
from tests.core.system.machines import ScriptedHost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OWNERS = (
    "shop.example\tanna\tclient\trita\treseller\n"
    "own.example\trita\treseller\tadmin\tadmin\n"
    "direct.example\tbert\tclient\tadmin\tadmin\n"
    "xn--bcher-kva.example\tadmin\tadmin\t\t\n"
)
VERSION = """\
Product version: Plesk Obsidian 18.0.62.1
     OS version: Debian 12.0 x86_64
     Build date: 2024/07/11 13:00
       Revision: 0123abc
"""
MAILBOXES = "shop.example\tbob\nshop.example\tinfo\n"
PLANS = [
    {"name": "shop.example", "enabled": True, "plan": "Gold"},
    {"name": "direct.example", "enabled": False, "plan": "Basic"},
]


class Server:
    """A machine that answers as Plesk does; what it says can be changed."""

    def __init__(self, root: Path) -> None:
        (root / "etc/psa").mkdir(parents=True)
        (root / "etc/psa/psa.conf").write_text(
            "# Plesk\nPRODUCT_ROOT_D /opt/psa\nQMAIL_ROOT_D\t/var/qmail\n"
        )
        (root / "opt/psa").mkdir(parents=True)
        (root / "opt/psa/version").write_text("18.0.61 Debian 12 1800240501.14\n")
        self.version = (0, VERSION)
        self.features = (0, "SMTP_Server = Postfix\nIMAP_Server = Dovecot\n")
        self.owners = (0, OWNERS)
        self.plans = (0, msgspec.json.encode(PLANS).decode())
        self.postfix = True
        self.dovecot = True
        self.host = ScriptedHost(
            root,
            {
                "plesk": self._plesk,
                "/opt/psa/admin/sbin/mailmng": lambda _: self.features,
                "postconf": lambda _: (0, "3.7.11\n") if self.postfix else (127, ""),
                "dovecot": lambda _: (0, "2.3.19.1 (9b5310)\n") if self.dovecot else (127, ""),
            },
        )
        self.panel = Plesk(self.host)

    def _plesk(self, command: Sequence[str]) -> tuple[int, str]:
        if command[1] == "version":
            return self.version
        if command[1] == "bin":
            assert tuple(command[2:]) == ("extension", "--exec", "mailward", "domains.php")
            return self.plans
        assert tuple(command[1:5]) == ("db", "-B", "-N", "-e")
        return (0, MAILBOXES) if "mail_name" in command[5] else self.owners


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A healthy Plesk."""
    return Server(tmp_path)


def test_a_healthy_server(server: Server) -> None:
    """E8: version and mail servers, by their own words."""
    info = server.panel.probe()
    assert (info.name, info.version, info.edition) == ("plesk", "18.0.62.1", "Obsidian")
    assert (info.mail_server, info.mail_server_version) == (
        "Postfix and Dovecot",
        "3.7.11 and 2.3.19.1",
    )


def test_a_server_without_plesk(tmp_path: Path) -> None:
    """E8: absent, not broken."""
    with pytest.raises(PanelAbsent, match="there is no Plesk here"):
        Plesk(ScriptedHost(tmp_path)).probe()


def test_the_version_file_speaks_where_the_command_fails(server: Server) -> None:
    """The command fails while Plesk is being updated."""
    server.version = (1, "busy")
    assert server.panel.probe().version == "18.0.61"


@pytest.mark.parametrize("content", [None, "", "no version here"])
def test_a_plesk_that_does_not_say_its_version_is_broken(
    server: Server, content: str | None
) -> None:
    """E8: with what was tried."""
    server.version = (1, "cannot connect to its database")
    file = server.host.path("/opt/psa/version")
    file.unlink() if content is None else file.write_text(content)
    with pytest.raises(PanelBroken, match="version"):
        server.panel.probe()


@pytest.mark.parametrize(("version", "old"), [("17.9.99", True), ("18.0.0", False)])
def test_a_plesk_before_obsidian_is_too_old(server: Server, version: str, old: bool) -> None:
    """E9: named with what is needed."""
    server.version = (0, f"Product version: Plesk Obsidian {version}\n")
    if not old:
        assert server.panel.probe().version == version
        return
    with pytest.raises(PanelTooOld, match=r"17\.9\.99; Mailward needs 18\.0\.0"):
        server.panel.probe()


@pytest.mark.parametrize(
    ("features", "postfix", "found", "hooks"),
    [
        ("SMTP_Server = QMail", True, "qmail and Dovecot", ["dovecot"]),
        ("SMTP_Server: postfix", True, "Postfix and Dovecot", ["dovecot", "postfix"]),
        ("", True, "Postfix and Dovecot", ["dovecot", "postfix"]),
        ("", False, "Dovecot", ["dovecot"]),
    ],
)
def test_the_mail_server_is_the_one_that_plesk_names(
    server: Server, tmp_path: Path, features: str, postfix: bool, found: str, hooks: list[str]
) -> None:
    """facts/plesk.md 7.1: Postfix's package stays when qmail is chosen, and gets no hook."""
    server.features = (0 if features else 1, features)
    server.postfix = postfix
    assert server.panel.probe().mail_server == found
    doors = Doors(("tcp:127.0.0.1:4000",), "tcp:127.0.0.1:4001", "secret", "mailward")
    assert [each.name for each in server.panel.hooks(doors, tmp_path / "undo")] == hooks


@pytest.mark.parametrize(
    ("version", "asks"),
    [("18.0.22", False), ("18.0.9", False), ("18.0.23", True), ("18.0.68", True), (None, True)],
)
def test_an_old_plesk_is_not_asked_before_the_login(
    server: Server, tmp_path: Path, version: str | None, asks: bool
) -> None:
    """E9: the connection stage needs 18.0.23; where nobody can say, the gate decides."""
    file = server.host.path("/opt/psa/version")
    file.unlink() if version is None else file.write_text(f"{version} Debian 12 1800240501.14\n")
    doors = Doors(("tcp:127.0.0.1:4000",), "", "secret", "mailward")
    (hook,) = server.panel.hooks(doors, tmp_path / "undo")
    assert (Stage.CONNECT in hook.stages) is asks


def test_domains_have_their_owners_and_plans(server: Server) -> None:
    """E3, E6: the customer, the reseller above him, the mailboxes, and the plan's switch."""
    domains = {domain.name: domain for domain in server.panel.domains()}
    assert list(domains) == sorted(domains)
    assert {name: (d.customer, d.reseller, d.enabled, d.plan) for name, d in domains.items()} == {
        "shop.example": ("anna", "rita", True, "Gold"),
        "own.example": ("rita", "rita", True, ""),
        "direct.example": ("bert", "", False, "Basic"),
        "xn--bcher-kva.example": ("", "", True, ""),
    }
    assert domains["shop.example"].mailboxes == ("bob@shop.example", "info@shop.example")


@pytest.mark.parametrize("plans", [(1, "no such extension"), (0, "PHP Warning: x"), (0, '{"a":1}')])
def test_silence_about_plans_switches_nothing_off(server: Server, plans: tuple[int, str]) -> None:
    """Our own fault never ends protection."""
    server.plans = plans
    assert all(domain.enabled for domain in server.panel.domains())


@pytest.mark.parametrize("owners", [(1, "ERROR 2002"), (0, "shop.example\tanna\n")])
def test_a_database_that_does_not_answer_is_told(server: Server, owners: tuple[int, str]) -> None:
    """Nobody's domains must not look like nobody having domains."""
    server.owners = owners
    with pytest.raises(PanelBroken):
        server.panel.domains()


def test_fulfils_the_contract(server: Server) -> None:
    """core/panel, as a type checker sees it; the published minimum is its requirement."""
    panel: Panel = server.panel
    (need,) = panel.requirements
    assert (need.panel_minimum, need.mail_server) == ("18.0.23", "Postfix")
