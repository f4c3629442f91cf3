"""Units say what they must: as whom, what runs, and that nothing waits for us."""

from __future__ import annotations

import shutil
import subprocess
from configparser import ConfigParser
from typing import TYPE_CHECKING

import msgspec
import pytest

from core.system import units
from core.system.units import Surroundings

if TYPE_CHECKING:
    from pathlib import Path

AROUND = Surroundings(
    command=("/opt/mailward/bin/mailward",),
    user="mailward",
    web_user="mailward-web",
    web_group="psaadm",
    watched=("/etc/postfix/main.cf", "/etc/postfix/master.cf"),
    requests="/var/lib/mailward/requests",
    bans="/var/lib/mailward/bans.json",
)


def read(name: str) -> ConfigParser:
    """A unit, parsed; what stands several times is one line each."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(units.units(AROUND)[name])
    return parser


@pytest.mark.parametrize(
    ("unit", "user", "words"),
    [
        (units.DAEMON, "mailward", "serve"),
        (units.PAGES, "mailward-web", "web serve"),
        (units.UPDATE, "mailward", "update"),
        (units.RECONCILE, None, "reconcile"),
        (units.BAN, None, "ban apply"),
    ],
)
def test_each_runs_as_the_user_it_should(unit: str, user: str | None, words: str) -> None:
    """DESIGN, processes: only what changes the system runs as root."""
    service = read(unit)["Service"]
    assert service.get("User") == user
    assert service["ExecStart"] == f"/opt/mailward/bin/mailward {words}"
    if user:
        assert service["NoNewPrivileges"] == "yes"


def test_the_bridge_reaches_the_pages_and_nobody_else() -> None:
    """The socket's folder belongs to the group as which the panel's PHP runs."""
    service = read(units.PAGES)["Service"]
    assert service["Group"] == "psaadm"
    assert service["RuntimeDirectoryMode"] == "0750"
    assert service["SupplementaryGroups"] == "mailward"


def test_customers_have_pages_of_their_own_where_their_processes_ask() -> None:
    """A folder that everybody may enter, and a server that takes nothing from the others."""
    assert units.CUSTOMERS not in units.units(AROUND)
    around = msgspec.structs.replace(AROUND, customers=True)
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(units.units(around)[units.CUSTOMERS])
    service = parser["Service"]
    assert service["ExecStart"] == "/opt/mailward/bin/mailward web serve --customers"
    assert (service["User"], service["Group"]) == ("mailward-web", "mailward-web")
    assert service["RuntimeDirectoryMode"] == "0755"
    assert {"Nice", "MemoryMax", "LimitNOFILE"} <= {*service}
    assert "WantedBy" in parser["Install"]


def test_the_daemon_always_comes_back_and_no_mail_server_waits_for_it() -> None:
    """Mail flows when we break."""
    daemon = read(units.DAEMON)
    assert daemon["Service"]["Restart"] == "always"
    assert daemon["Service"]["Type"] == "notify"
    assert not {"RequiredBy", "Requires", "BindsTo"} & {
        *daemon["Unit"],
        *daemon["Install"],
    }


def test_a_change_of_any_watched_file_wakes_root() -> None:
    """E12: `plesk repair mail` is noticed at once."""
    text = units.units(AROUND)[units.RECONCILE_PATH]
    for path in AROUND.watched:
        assert f"PathChanged={path}\n" in text
    assert f"DirectoryNotEmpty={AROUND.requests}\n" in text


def test_bans_are_made_when_the_daemon_wants_them_and_never_else() -> None:
    """A18: firewalls are left alone where nobody set ban.action."""
    assert f"PathChanged={AROUND.bans}\n" in units.units(AROUND)[units.BAN_PATH]
    assert read(units.BAN)["Unit"]["ConditionPathExists"] == AROUND.bans
    assert read(units.BAN_TIMER)["Timer"]["OnUnitActiveSec"] == "10min"


def test_what_is_started_with_the_machine_can_be() -> None:
    """A unit without [Install] cannot be enabled (systemctl(1))."""
    for name in units.ENABLED:
        assert "WantedBy" in read(name)["Install"]


def test_the_service_manager_understands_them(tmp_path: Path) -> None:
    """Where systemd-analyze is to be had."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    for name, text in units.units(AROUND).items():
        (tmp_path / name).write_text(text.replace("/opt/mailward/bin/mailward", "/bin/true"))
    result = subprocess.run(
        ("systemd-analyze", "verify", *map(str, tmp_path.iterdir())),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Unknown" not in result.stderr


def test_the_daemon_may_read_the_mail_server_s_logs_where_a_group_may() -> None:
    """What Cyrus SASL says of logins is in the log only (facts/plesk.md 7.2)."""
    assert "SupplementaryGroups" not in read(units.DAEMON)["Service"]
    around = msgspec.structs.replace(AROUND, readers=("adm", "systemd-journal"))
    assert "\nSupplementaryGroups=adm systemd-journal\n" in units.units(around)[units.DAEMON]
