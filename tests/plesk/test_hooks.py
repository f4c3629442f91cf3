"""What Plesk asks our extension, and tells it: buttons, plans, events, backups, services."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.core.licence.vendor_keys import DAY, SIGNER, licence_key
from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.plesk.places import AUSTRIA

if TYPE_CHECKING:
    from tests.plesk.double.server import PleskServer

pytestmark = pytest.mark.lab


def told(plesk: PleskServer, code: str, *arguments: str) -> Any:
    """What a piece of PHP prints as JSON, without a word of complaint."""
    result = plesk.php(code, *arguments)
    assert result.returncode == 0, result.stdout
    return json.loads(result.stdout)


@pytest.mark.proves("admin", "customers")
def test_each_role_finds_mailward_where_it_looks(installed: PleskServer) -> None:
    """E3, E5: the administrator's and the reseller's menus, and each domain's page."""
    buttons = told(
        installed,
        "$hook = new Modules_Mailward_CustomButtons();\n"
        "echo json_encode(array_map(function ($b) { unset($b['visibility']); return $b; }, "
        "$hook->getButtons()));",
    )
    assert [button["place"] for button in buttons] == [12, 5, 13, 16]
    for button in buttons:
        assert button["title"] == "Mailward"
        assert button["link"] == "/modules/mailward/index.php/index/index"
        assert button["icon"] == "/modules/mailward/icon.svg"
    assert buttons[3]["contextParams"] is True


@pytest.mark.proves("plans", "customers")
def test_a_domain_s_button_is_there_where_its_plan_has_mailward(installed: PleskServer) -> None:
    """E3: also for domains that are gone, and calls without one, there is no error."""
    code = (
        "$hook = new Modules_Mailward_CustomButtons();\n"
        "$asked = [['site_id' => 1], ['site_id' => 2], ['site_id' => 99], []];\n"
        "echo json_encode(array_map([$hook, 'isVisible'], $asked));"
    )
    assert told(installed, code) == [True, True, False, False]
    installed.database("INSERT INTO permissions VALUES (2, 'access', 0)")
    try:
        assert told(installed, code) == [True, False, False, False]
    finally:
        installed.database("DELETE FROM permissions")


@pytest.mark.proves("plans")
def test_a_plan_switches_its_domains(installed: PleskServer) -> None:
    """E3: what Plesk's plans say reaches Mailward, and an event makes it look again."""
    found = told(
        installed, "echo json_encode((new Modules_Mailward_Permissions())->getPermissions());"
    )
    assert found["access"]["default"] is True
    assert found["access"]["place"] == "main"
    record = installed.machine.path("/var/lib/mailward/panel.json")

    def enabled() -> dict[str, bool]:
        return {d["name"]: d["enabled"] for d in json.loads(record.read_text())["domains"]}

    assert enabled() == {"example.test": True, "customer.test": True}
    installed.database("INSERT INTO permissions VALUES (2, 'access', 0)")
    try:
        assert installed.event("client_update", Login_Name="bert").returncode == 0
        await_true(lambda: not enabled()["customer.test"], "the plan's switch", record.read_text)
        assert enabled()["example.test"]
    finally:
        installed.database("DELETE FROM permissions")
        installed.event("client_update", Login_Name="bert")
    await_true(lambda: enabled()["customer.test"], "the plan's switch", record.read_text)


def test_a_new_domain_is_known_at_once(installed: PleskServer) -> None:
    """E7: by Plesk's event; afterwards it is known no more."""
    record = installed.machine.path("/var/lib/mailward/panel.json")
    installed.database("INSERT INTO domains VALUES (7, 'fresh.test', 3)")
    installed.event("domain_create", Domain_Name="fresh.test")
    await_true(lambda: "fresh.test" in record.read_text(), "the new domain", record.read_text)
    installed.database("DELETE FROM domains WHERE id = 7")
    installed.event("domain_delete", Domain_Name="fresh.test")
    await_true(lambda: "fresh.test" not in record.read_text(), "its end", record.read_text)


def test_a_changed_password_ends_a_block_and_is_written_nowhere(installed: PleskServer) -> None:
    """D12: whoever changed it has the account back; the password itself is in no log."""
    account, password = "bob@example.test", "Tr0ub4dor&3-unlikely"
    installed.mailward("set", "send.limit", "1", "--mailbox", account)
    with installed.smtp(587, AUSTRIA) as client:
        client.ehlo()
        client.auth_plain(account, PASSWORD)
        assert client.send_mail(account, "x@elsewhere.test").code == 250
        client.command("RSET")
        assert client.send_mail(account, "x@elsewhere.test").code == 450
    installed.mailward("unset", "send.limit", "--mailbox", account)
    blocked = json.loads(installed.mailward("blocked", "list", "--json").stdout)
    assert [each["account"] for each in blocked["blocked"]] == [account]
    done = installed.event("mailname_update", Mailname=account, Password=password)
    assert done.returncode == 0, done.stdout
    assert json.loads(installed.mailward("blocked", "list", "--json").stdout)["blocked"] == []
    assert password not in done.stdout
    time.sleep(0)
    logs = [path for path in installed.machine.path("/var/log").rglob("*") if path.is_file()]
    kept = [*logs, *installed.machine.path("/var/lib/mailward").iterdir()]
    assert not [path for path in kept if path.is_file() and password.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    "values",
    [
        {"Mailname": "bob@example.test"},
        {"Mailname": "bob@example.test", "Password": ""},
        {"Mailname": "--all", "Password": "x"},
        {"Mailname": "-x@example.test", "Password": "x"},
        {"Mailname": "bob@example.test; id", "Password": "x"},
        {"Mailname": "bob@example.test\nX: y", "Password": "x"},
        {"Password": "x"},
    ],
)
def test_nothing_else_counts_as_a_changed_password(
    installed: PleskServer, values: dict[str, str]
) -> None:
    """Neither another change of the mailbox, nor a name that is none."""
    installed.mailward("block", "bob@example.test")
    try:
        assert installed.event("mailname_update", **values).returncode == 0
        blocked = json.loads(installed.mailward("blocked", "list", "--json").stdout)["blocked"]
        assert len(blocked) == 1
    finally:
        installed.mailward("blocked", "release", "bob@example.test")


def test_plesk_s_own_mail_tells_of_each_block_once(installed: PleskServer) -> None:
    """B5: as long as Mailward has no address of its own to tell it to."""
    mails = installed.machine.path("/var/lib/psa/notifications")
    account = "bob@example.test"

    def told_of() -> list[dict[str, Any]]:
        ran = installed.run("plesk", "bin", "extension", "--exec", "mailward", "notices.php")
        assert ran.stdout == ""
        lines = mails.read_text().splitlines() if mails.exists() else []
        return [json.loads(line) for line in lines]

    told_of()
    mails.unlink(missing_ok=True)
    installed.mailward("block", account, "--why", "a <b>customer</b> called")
    try:
        (mail,) = told_of()
        assert mail["subject"].startswith(f"Mailward: {account} may not send until 2")
        assert "a <b>customer</b> called" in mail["message"]
        assert "<" not in mail["message"].replace("<b>", "").replace("</b>", "")
        assert (mail["to"], mail["client"]) == (["admin"], "anna")
        assert len(told_of()) == 1, "once"
        installed.mailward("blocked", "release", account)
        installed.mailward("set", "notify.address", "admin@customer.test")
        installed.mailward("block", account)
        assert len(told_of()) == 1, "Mailward tells it itself"
        installed.mailward("unset", "notify.address")
        assert len(told_of()) == 1, "and it is no news afterwards"
    finally:
        installed.mailward("unset", "notify.address")
        installed.mailward("blocked", "release", account)


def test_a_backup_holds_the_settings_and_brings_them_back(installed: PleskServer) -> None:
    """E11: Plesk's three elements; restored, what was changed since is as it was."""
    made = told(installed, "echo json_encode((new Modules_Mailward_Backup_Server())->backup());")
    assert [json.loads(made[0]), *made[1:]] == [{"format": 1}, ["backup"], []]
    file = installed.machine.path("/opt/psa/var/modules/mailward/backup/settings.json")
    assert file.stat().st_mode & 0o777 == 0o640
    assert b"country.list" in file.read_bytes()
    before = installed.mailward("export").stdout
    installed.mailward("set", "country.list", "RU")
    assert installed.mailward("export").stdout != before
    restored = installed.php(
        "(new Modules_Mailward_Backup_Server())->restore('18.0.68', '0.1', $argv[1], $argv[2]);",
        made[0],
        "/opt/psa/var/modules/mailward/",
    )
    assert restored.returncode == 0, restored.stdout
    assert installed.mailward("export").stdout == before


def test_a_backup_that_cannot_be_made_is_told(installed: PleskServer) -> None:
    """An empty file would look like one."""
    store = installed.machine.path("/opt/mailward/bin/mailward")
    kept = store.with_name("kept")
    store.rename(kept)
    try:
        result = installed.php("(new Modules_Mailward_Backup_Server())->backup();")
    finally:
        kept.rename(store)
    assert result.returncode != 0
    assert "pm_Exception" in result.stdout


def test_plesk_starts_and_stops_the_services(installed: PleskServer) -> None:
    """E12: in Plesk's own list of services."""
    code = (
        "list($service) = (new Modules_Mailward_SystemServices())->getServices();\n"
        "if (isset($argv[1])) { $service->{$argv[1]}(); }\n"
        "echo json_encode([$service->getId(), $service->getName(), $service->isRunning(), "
        "$service->isInstalled(), $service->isConfigured()]);"
    )
    running = ["mailward", "Mailward", True, True, True]
    stopped = ["mailward", "Mailward", False, True, True]
    assert told(installed, code) == running
    assert told(installed, code, "onStop") == stopped
    assert told(installed, code, "onStart") == running
    before = installed.run("systemctl", "show", "-p", "MainPID", "mailward.service").stdout
    assert told(installed, code, "onRestart") == running
    assert installed.run("systemctl", "show", "-p", "MainPID", "mailward.service").stdout != before


def test_a_licence_bought_in_plesk_is_taken_over(installed: PleskServer) -> None:
    """E1: an additional key whose body holds ours; what is no key of ours changes nothing."""
    now = int(time.time())
    key = SIGNER.text(licence_key(issued=now - 60, expires=now + 100 * DAY))
    place = installed.machine.path("/etc/sw/keys/mailward.json")
    place.parent.mkdir(parents=True)
    keys = installed.machine.path("/opt/mailward/current/app/core/licence/public_keys.py")
    text = keys.read_text()
    code = "echo json_encode(Modules_Mailward_Licensing::handOver());"
    assert told(installed, code) is None
    try:
        place.write_text(json.dumps({"mailward-key": "x" * 40}))
        assert told(installed, code) is False
        place.write_text(json.dumps({"mailward-key": "$(id)"}))
        assert told(installed, code) is None
        keys.unlink()
        keys.write_text(text.replace("= {}", f"= {SIGNER.public_keys!r}"))
        place.write_text(json.dumps({"mailward-key": key}))
        assert told(installed, code) is True
        shown = json.loads(installed.mailward("licence", "show", "--json", check=False).stdout)
        assert (shown["state"], shown["key"]["number"]) == ("valid", 7)
    finally:
        installed.mailward("licence", "remove")
        keys.write_text(text)
        place.unlink()


def test_nobody_asks_root_for_what_is_not_on_the_list(installed: PleskServer) -> None:
    """facts/plesk.md 3: fixed verbs, and arguments that are never words of a shell."""
    for verb, *arguments in (
        ("id",),
        ("",),
        ("install; id",),
        ("licence",),
        ("licence", "a", "b"),
        ("password-changed",),
        ("import",),
    ):
        result = told(
            installed,
            "$words = array_slice($argv, 1);\n"
            "echo json_encode(pm_ApiCli::callSbin('mailward-setup', $words, 1));",
            verb,
            *arguments,
        )
        assert result["code"] == 2, (verb, result)
        assert "uid=" not in result["stdout"]
