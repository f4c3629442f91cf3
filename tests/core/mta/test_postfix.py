from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from core.errors import PlanError
from core.mta.master_cf import find
from core.mta.postfix import PostfixHook
from core.panel import HookState
from core.words import Stage
from tests.core.mta.machines import SERVERS, PostfixFolder
from tests.core.system.machines import tree

ENDPOINT = "unix:/var/spool/postfix/mailward/policy.sock"


class Server:
    """A sample server and the hook for it."""

    def __init__(self, folder: Path, name: str, more: str = "") -> None:
        self.host = PostfixFolder.of(folder / "root", name, more)
        self.state = folder / "state"

    def hook(self, *, connect: bool = True) -> PostfixHook:
        return PostfixHook(self.host, ENDPOINT, self.state, connect=connect)

    def undo(self) -> tuple[str, ...]:
        plan = self.hook().recorded()
        assert plan is not None
        assert plan.undo() is True
        return plan.left


@pytest.fixture(params=SERVERS)
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Server:
    (tmp_path / "root").mkdir()
    return Server(tmp_path, request.param)


@pytest.fixture
def plesk(tmp_path: Path) -> Server:
    (tmp_path / "root").mkdir()
    return Server(tmp_path, "plesk")


def test_the_hook_comes_and_goes_byte_for_byte(server: Server) -> None:
    """E15"""
    before = tree(server.host.root)
    hook = server.hook()
    assert hook.verify() is HookState.MISSING
    assert hook.plan().apply() is True
    assert hook.verify() is HookState.INSTALLED
    assert hook.plan().apply() is False
    assert server.undo() == ()
    assert tree(server.host.root) == before
    assert hook.verify() is HookState.MISSING


def test_checks_run_before_the_reload(plesk: Server) -> None:
    """smtpd reads what every changed service will have, but does not ask the daemon."""
    plesk.hook().plan().apply()
    smtpd = ("env", "MAIL_CONFIG=/etc/postfix", "/usr/lib/postfix/sbin/smtpd", "-S")
    ask = ("-o", "smtpd_client_restrictions=$mailward_connect")
    assert [each for each in plesk.host.commands if each[0] != "postconf"] == [
        ("postfix", "-c", "/etc/postfix", "check"),
        smtpd,
        (*smtpd, *ask, "-o", "smtpd_recipient_restrictions=$mailward_smtps_recipient"),
        (
            *smtpd,
            *ask,
            "-o",
            "smtpd_recipient_restrictions=permit_sasl_authenticated,reject",
            "-o",
            "smtpd_sender_restrictions=$mailward_sender",
        ),
        ("postfix", "-c", "/etc/postfix", "reload"),
    ]


def test_postfix_need_not_wait_for_a_file_that_is_whole(plesk: Server) -> None:
    plesk.hook().plan().apply()
    assert plesk.host.main.stat().st_mtime < time.time() - 2
    plesk.undo()
    assert plesk.host.main.stat().st_mtime < time.time() - 2


def test_a_failing_check_puts_everything_back(server: Server) -> None:
    before = tree(server.host.root)
    server.host.answers["env"] = lambda _: (1, "fatal: unknown option")
    with pytest.raises(PlanError, match=r"unknown option\. Everything was put back"):
        server.hook().plan().apply()
    assert tree(server.host.root) == before
    assert server.hook().verify() is HookState.MISSING


def test_showing_the_plan_changes_nothing(server: Server) -> None:
    before = tree(server.host.root)
    text = server.hook().plan().describe()
    assert "+mailward_auth = check_policy_service" in text
    assert tree(server.host.root) == before


def test_without_the_connect_stage_submission_stays_as_it_is(server: Server) -> None:
    before = server.host.texts[1]
    hook = server.hook(connect=False)
    assert hook.stages == {Stage.AUTH, Stage.SEND}
    hook.plan().apply()
    assert "smtpd_delay_reject" not in server.host.texts[1]
    assert "mailward_connect" not in "".join(server.host.texts)
    server.undo()
    assert server.host.texts[1] == before


def test_switching_the_connect_stage_leads_to_the_same_files(server: Server) -> None:
    before = tree(server.host.root)
    server.hook(connect=False).plan().apply()
    without = tree(server.host.root)
    server.hook().plan().apply()
    assert server.hook().verify() is HookState.INSTALLED
    assert server.hook(connect=False).verify() is HookState.EDITED
    server.hook(connect=False).plan().apply()
    assert tree(server.host.root) == without
    server.undo()
    assert tree(server.host.root) == before


def test_what_others_add_is_kept_by_the_undo(server: Server) -> None:
    main, master = server.host.texts
    server.hook().plan().apply()
    for path in (server.host.main, server.host.master):
        path.write_text("# theirs\n" + path.read_text())
    with server.host.main.open("a") as file:
        file.write("later = 1\n")
    with server.host.master.open("a") as file:
        file.write("later unix - - n - - pipe\n")
    assert server.undo() == ()
    assert server.host.texts == (
        f"# theirs\n{main}later = 1\n",
        f"# theirs\n{master}later unix - - n - - pipe\n",
    )


def test_a_rewritten_main_cf_is_seen_and_mended(server: Server) -> None:
    """E12"""
    main, master = server.host.texts
    hook = server.hook()
    hook.plan().apply()
    server.host.main.write_text(main + "rewritten = 1\n")
    assert hook.verify() is HookState.EDITED
    assert hook.plan().apply() is True
    assert hook.verify() is HookState.INSTALLED
    server.undo()
    assert server.host.texts == (main + "rewritten = 1\n", master)


def test_both_files_rewritten_means_missing(server: Server) -> None:
    texts = server.host.texts
    hook = server.hook()
    hook.plan().apply()
    server.host.main.write_text(texts[0])
    server.host.master.write_text(texts[1])
    assert hook.verify() is HookState.MISSING


def test_an_option_of_ours_that_others_changed_is_theirs(plesk: Server) -> None:
    hook = plesk.hook()
    hook.plan().apply()
    text = plesk.host.master.read_text()
    plesk.host.master.write_text(text.replace("smtpd_delay_reject=no", "smtpd_delay_reject=yes"))
    assert hook.verify() is HookState.EDITED
    left = plesk.undo()
    assert any("smtpd_delay_reject=yes now, which someone else has set" in each for each in left)
    assert "-o smtpd_delay_reject=yes" in plesk.host.master.read_text()
    assert "mailward" not in "".join(plesk.host.texts)


def test_without_its_record_the_hook_is_not_touched(server: Server) -> None:
    hook = server.hook()
    hook.plan().apply()
    texts = server.host.texts
    shutil.rmtree(server.state)
    assert hook.verify() is HookState.EDITED
    with pytest.raises(PlanError, match=r"not on record in .*state any more"):
        hook.plan()
    assert server.host.texts == texts


def test_a_list_that_was_copied_and_then_changed_is_seen(plesk: Server) -> None:
    """The panel switches its black list off: our copy of the list must follow."""
    hook = plesk.hook()
    hook.plan().apply()
    assert "reject_rbl_client zen.spamhaus.org,permit" in plesk.host.main.read_text()
    text = plesk.host.main.read_text()
    plesk.host.main.write_text(
        text.replace(
            "    reject_rbl_client zen.spamhaus.org\n", "    reject_rbl_client dnsbl.example\n"
        )
    )
    assert hook.verify() is HookState.EDITED
    hook.plan().apply()
    assert "zen.spamhaus.org" not in plesk.host.main.read_text()
    assert hook.verify() is HookState.INSTALLED


def test_plesk_submission_still_refuses_mail_without_login(plesk: Server) -> None:
    plesk.hook().plan().apply()
    submission = find(plesk.host.master.read_text(), "submission/inet")
    assert submission is not None
    values = {name: option.value for name, option in submission.options.items()}
    assert values == {
        "smtpd_enforce_tls": "yes",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_client_restrictions": "$mailward_connect",
        "smtpd_sender_restrictions": "$mailward_sender",
        "smtpd_delay_reject": "no",
        "smtpd_recipient_restrictions": "permit_sasl_authenticated,reject",
    }


def test_the_sockets_folder_is_made_for_the_daemon(plesk: Server) -> None:
    plesk.hook().plan().apply()
    status = (plesk.host.root / "var/spool/postfix/mailward").stat()
    assert (status.st_mode & 0o7777, status.st_gid) == (0o2750, 103)


def test_a_socket_elsewhere_needs_no_folder(plesk: Server) -> None:
    hook = PostfixHook(plesk.host, "unix:/run/mailward/policy.sock", plesk.state)
    hook.plan().apply()
    assert "unix:/run/mailward/policy.sock" in plesk.host.main.read_text()
    assert not (plesk.host.root / "var/spool/postfix/mailward").exists()
