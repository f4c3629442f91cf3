"""What cPanel says of itself and its accounts is understood, and nothing of others' is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from core.errors import MailServerUnsupported, PanelBroken
from core.panel import Doors
from cpanel import accounts, dovecot, exim, places
from cpanel.options import LocalOption
from tests.cpanel.folder import FolderServer

if TYPE_CHECKING:
    from pathlib import Path

DOORS = Doors(("unix:/run/mailward/policy.sock",), "tcp:127.0.0.1:4001", "secret", "root")


@pytest.fixture
def server(tmp_path: Path) -> FolderServer:
    """cPanel & WHM 126."""
    return FolderServer.planted(tmp_path / "root")


@pytest.mark.parametrize(
    ("text", "version"), [("11.110.0.1\n", "110.0.1"), ("11.136.0.12", "136.0.12")]
)
def test_the_version_is_that_of_people(server: FolderServer, text: str, version: str) -> None:
    """E8: the 11 in front of it is history."""
    server.host.path(places.VERSION).write_text(text)
    info = server.panel.probe()
    assert (info.version, info.mail_server, info.mail_server_version) == (version, "Exim", "4.96")


def test_an_update_that_is_under_way_is_no_absence(server: FolderServer) -> None:
    """E8: its commands are missing for a while."""
    server.host.path(places.MANAGE_HOOKS).unlink()
    with pytest.raises(PanelBroken, match="manage_hooks is missing"):
        server.panel.probe()


def test_an_exim_that_is_too_old_is_told(server: FolderServer) -> None:
    """E8: Exim is asked for its version like the panel."""
    server.host.version = "4.93"
    with pytest.raises(MailServerUnsupported, match=r"4\.93 is too old"):
        server.panel.probe()


def test_domains_belong_to_accounts_and_their_resellers(server: FolderServer) -> None:
    """E3: the main domain's box of the account itself is a mailbox like the others."""
    found = server.domain("example.test")
    assert (found.customer, found.reseller, found.plan) == ("anna", "rita", "gold")
    assert found.mailboxes == tuple(f"{n}@example.test" for n in ("anna", "alice", "bob"))
    assert server.domain("addon.test").mailboxes == ("info@addon.test",)
    assert (server.domain("customer.test").customer, server.domain("customer.test").reseller) == (
        "bert",
        "",
    )
    assert {each.name for each in server.panel.domains()} == {
        *("example.test", "addon.test", "customer.test", "rita.test", "mallory.test")
    }


@pytest.mark.parametrize(
    ("account", "package", "enabled"),
    [
        ("", "", True),
        ("mailward_enable=0\n", "", False),
        ("", "_PACKAGE_EXTENSIONS=mailward\nmailward_enable=0\n", False),
        ("mailward_enable=1\n", "mailward_enable=0\n", True),
        ("mailward_enable=\n", "", True),
    ],
)
@pytest.mark.proves("plans")
def test_a_package_switches_its_accounts(
    server: FolderServer, account: str, package: str, enabled: bool
) -> None:
    """E3: the account's own value first; where nobody says anything, Mailward is on."""
    for path, text in ((f"{places.USERS}/anna", account), ("/var/cpanel/packages/gold", package)):
        file = server.host.path(path)
        file.write_text(file.read_text() + text)
    assert server.domain("example.test").enabled is enabled
    assert server.domain("addon.test").enabled is enabled
    assert server.domain("customer.test").enabled


@pytest.mark.parametrize("how", ["link", "folder link", "hard link", "pipe", "foreign"])
def test_an_account_cannot_make_root_show_what_is_not_its_own(
    server: FolderServer, how: str
) -> None:
    """E4: the file of mailboxes lies in the customer's home."""
    secret = server.host.path("/etc/secret")
    secret.write_text("top.secret:x:0:0::/:/bin/sh\n")
    secret.chmod(0o600)
    folder = server.host.path("/home/anna/etc/example.test")
    file = folder / "passwd"
    file.unlink()
    if how == "link":
        file.symlink_to(secret)
    elif how == "folder link":
        folder.rmdir()
        (secret.parent / "passwd.d").mkdir()
        (secret.parent / "passwd.d/passwd").write_text(secret.read_text())
        folder.symlink_to(secret.parent / "passwd.d")
    elif how == "hard link":
        os.link(secret, file)
    elif how == "pipe":
        os.mkfifo(file)
    else:
        file.write_text(secret.read_text())
        os.chown(file, 61002, 61002)
    assert server.domain("example.test").mailboxes == ("anna@example.test",)


@pytest.mark.parametrize("line", ["a{}:x\n", "a{}:" + "x" * 100 + "\n"])
def test_an_account_cannot_make_everybody_keep_all_that_it_writes(
    server: FolderServer, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E4: files and domains of one account together count; its neighbours' mailboxes stay."""
    monkeypatch.setattr(accounts, "LARGEST", 20_000)
    monkeypatch.setattr(accounts, "MOST", 1_000)
    for domain in ("example.test", "addon.test"):
        text = "".join(line.format(number) for number in range(18_000 // len(line)))
        server.host.path(f"/home/anna/etc/{domain}/passwd").write_text(text)
    found = {each.name: len(each.mailboxes) for each in server.panel.domains()}
    assert 0 in (found["example.test"], found["addon.test"]), "half a list is none"
    assert found["example.test"] + found["addon.test"] < 1_000
    assert found["customer.test"] > 0


@pytest.mark.parametrize("letter", ["\x0b", "\x85", "\u2028"])
def test_a_customer_s_words_are_no_lines(server: FolderServer, letter: str) -> None:
    """E3: a customer who may write an address into the account's file changes no plan in it."""
    file = server.host.path(f"{places.USERS}/bert")
    was = file.read_text()
    file.write_text(f"CONTACTEMAIL=a{letter}mailward_enable=0{letter}PLAN=other\n{was}")
    found = server.domain("customer.test")
    assert found.enabled
    assert found.plan != "other"


def test_a_plan_that_no_file_can_have_loses_no_domain(server: FolderServer) -> None:
    """E8: one account's odd record must not hide everybody's."""
    file = server.host.path(f"{places.USERS}/anna")
    file.write_text(file.read_text().replace("PLAN=gold", "PLAN=go\x00ld"))
    assert server.domain("example.test").enabled


def test_a_list_that_is_being_written_is_not_taken_for_a_server_without_domains(
    server: FolderServer,
) -> None:
    """E8: what is known stays; a server without accounts has the last line all the same."""
    file = server.host.path(places.USER_DOMAINS)
    file.write_text("")
    with pytest.raises(PanelBroken, match="is empty"):
        server.panel.domains()
    file.write_text("*: nobody\n")
    assert server.panel.domains() == []


def test_lines_that_are_no_names_are_left_out(server: FolderServer) -> None:
    """E4: what stands in that file is written by the customer."""
    file = server.host.path("/home/anna/etc/example.test/passwd")
    file.write_text("fine:x\n<b>no</b>:x\n\x00:x\n../../x:x\n:x\n" + "a" * 65 + ":x\nUpper:x\n")
    boxes = server.domain("example.test").mailboxes
    assert boxes == ("anna@example.test", "fine@example.test", "upper@example.test")


def test_a_login_is_the_mailbox_that_it_means(server: FolderServer) -> None:
    """D4: an account's own name is the box at its main domain; Exim reads no file for it, which
    could be one that it may not read, and put mails off."""
    homes = {each.login: each.name for each in server.panel.domains() if each.login}
    assert homes == {
        "anna": "example.test",
        "bert": "customer.test",
        "mallory": "mallory.test",
        "rita": "rita.test",
    }
    login = exim.hook_places(server.host, server.host.root / "records").login
    assert "readfile" not in login
    assert "lookup" not in login
    assert login.count("{") == login.count("}")


def test_exim_on_another_port_is_guarded_too(server: FolderServer) -> None:
    """E7: people use it for sending; 25 is not."""
    names = ("exim-26", "exim-25", "exim-x", "eximstats", "exim-2525,26, 2526", "exim-1,99999")
    for name in (*names, "exim-7,", "exim-8,x"):
        server.host.path(f"{places.SERVICES}/{name}").write_text("")
    found = exim.hook_places(server.host, server.host.root / "records")
    assert found.ports == (1, 26, 465, 587, 2525, 2526)


@pytest.mark.parametrize(
    ("built", "template", "takes"),
    [
        ("!include_try /etc/dovecot/conf.d/*.conf\n", "protocols = imap\n", False),
        ("protocols = imap\n", "protocols = imap\n", False),
        ("protocols = imap\n", None, False),
        ("!include conf.d/*.conf\n", "a\n!include conf.d/*.conf\n", True),
        ("!include conf.d/*.conf\n", None, False),
    ],
)
def test_dovecot_is_asked_to_ask_only_where_it_lasts(
    server: FolderServer, built: str, template: str | None, takes: bool
) -> None:
    """E7: no template of cPanel's is frozen for it; the reason is told."""
    server.host.answers["dovecot"] = lambda _: (0, "2.3.21.1 (d492236fa0)\n")
    server.host.write(dovecot.CONFIGURATION, built)
    if template is not None:
        server.host.write("/var/cpanel/templates/dovecot/main.default", template)
    assert (dovecot.obstacle(server.host) == "") is takes
    names = {hook.name for hook in server.panel.hooks(DOORS, server.host.root / "records")}
    assert names == ({"exim", "dovecot"} if takes else {"exim"})
    assert bool(server.panel.remarks()) is not takes


@pytest.mark.parametrize(
    ("text", "after", "undone"),
    [
        ("", "acl_x=1\n", ""),
        ("a=b", "a=b\nacl_x=1", "a=b"),
        ("acl_x=0\nb=1\n", "acl_x=1\nb=1\n", "acl_x=0\nb=1\n"),
        ("acl_x=1\n", "acl_x=1\n", "acl_x=1\n"),
        ("acl_x=0\nq=2\nacl_x=0\n", "acl_x=1\nq=2\n", "acl_x=0\nq=2\n"),
    ],
)
def test_one_switch_and_the_way_back(text: str, after: str, undone: str) -> None:
    """E12: exactly one line of that key, everything else as it was."""
    found = text.partition("acl_x=")[2][:1] or None
    option = LocalOption("acl_x", "1", found)
    assert option.apply(text) == after
    assert option.apply(after) == after
    assert option.revert(after).text == undone


def test_a_switch_that_somebody_turned_since_stays(server: FolderServer) -> None:
    """E12: whoever sets it to 0 again has decided something."""
    assert LocalOption("acl_x", "1", None).revert("acl_x=0\n").text == "acl_x=0\n"
