from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import PlanError
from core.mta.dovecot import DovecotHook
from core.panel import HookState
from tests.core.mta.dovecots import DovecotFolder
from tests.core.system.machines import tree

DROP_IN = "etc/dovecot/conf.d/99-mailward.conf"
SETTINGS = "etc/dovecot/mailward.conf.ext"


class Server:
    """A Dovecot in a folder and the hook for it."""

    def __init__(self, folder: Path, version: str) -> None:
        self.root, self.state = folder / "root", folder / "state"
        self.root.mkdir()
        self.host = DovecotFolder(self.root, version)

    def hook(self, port: int = 4001, secret: str = "hush-hush") -> DovecotHook:
        return DovecotHook(self.host, f"tcp:127.0.0.1:{port}", secret, self.state)

    def undo(self) -> tuple[str, ...]:
        plan = self.hook().recorded()
        assert plan is not None
        assert plan.undo() is True
        return plan.left

    def text(self, name: str) -> str:
        return (self.root / name).read_text()


@pytest.fixture(params=["2.3.19.1", "2.4.1-4"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Server:
    return Server(tmp_path, request.param)


def test_the_hook_comes_and_goes_without_a_trace(server: Server) -> None:
    """A2, E15"""
    before = tree(server.root)
    hook = server.hook()
    assert hook.verify() is HookState.MISSING
    assert hook.plan().apply() is True
    assert hook.verify() is HookState.INSTALLED
    assert hook.plan().apply() is False
    assert server.undo() == ()
    assert tree(server.root) == before
    assert hook.verify() is HookState.MISSING


def test_only_root_reads_the_secret_and_everybody_the_rest(server: Server) -> None:
    server.hook().plan().apply()
    modes = {name: (server.root / name).stat().st_mode & 0o777 for name in (DROP_IN, SETTINGS)}
    assert modes == {DROP_IN: 0o644, SETTINGS: 0o600}
    assert "hush" not in server.text(DROP_IN)
    assert "X-Mailward-Key: hush-hush" in server.text(SETTINGS)


def test_the_plan_does_not_show_the_secret(server: Server) -> None:
    plan = server.hook().plan()
    assert "X-Mailward-Key: ********" in plan.describe()
    assert "hush" not in plan.describe() + str(plan.as_data())


def test_it_asks_once_before_the_password_and_waits_a_second(server: Server) -> None:
    """A25"""
    server.hook().plan().apply()
    lines = set(server.text(SETTINGS).splitlines())
    assert {
        "auth_policy_server_url = http://127.0.0.1:4001/",
        "auth_policy_check_before_auth = yes",
        "auth_policy_check_after_auth = no",
        "auth_policy_reject_on_fail = no",
    } <= lines
    timeouts = {
        "auth_policy_server_timeout_msecs = 1000",
        "  http_client_request_absolute_timeout = 1s",
    }
    assert len(timeouts & lines) == 1


def test_the_settings_are_checked_before_the_reload(server: Server) -> None:
    server.hook().plan().apply()
    assert server.host.commands[-2:] == [
        ("doveconf", "-c", "/etc/dovecot/dovecot.conf", "-n"),
        ("doveadm", "-c", "/etc/dovecot/dovecot.conf", "reload"),
    ]


@pytest.mark.parametrize(
    ("kind", "running", "reloaded"),
    [("dovecot\n", True, True), ("cyrus\n", True, False), ("dovecot\n", False, False)],
)
def test_postfix_lets_go_of_the_old_password_check(
    server: Server, kind: str, running: bool, reloaded: bool
) -> None:
    server.host.answers["postconf"] = lambda words: (0, kind if "-h" in words else "")
    server.host.answers["postfix"] = lambda words: (words[1] == "status" and not running, "")
    server.hook().plan().apply()
    assert (("postfix", "reload") in server.host.commands) is reloaded


def test_the_nonce_is_random_and_stays(server: Server) -> None:
    def nonce() -> str:
        lines = server.text(SETTINGS).splitlines()
        (line,) = (line for line in lines if line.startswith("auth_policy_hash_nonce = "))
        return line

    server.hook().plan().apply()
    first = nonce()
    server.hook(4002).plan().apply()
    assert "4002" in server.text(SETTINGS)
    assert nonce() == first
    server.undo()
    server.hook().plan().apply()
    assert nonce() != first


def test_somebody_elses_policy_server_is_not_overwritten(server: Server) -> None:
    theirs = server.root / "etc/dovecot/conf.d/50-wforce.conf"
    theirs.write_text("auth_policy_server_url = http://127.0.0.1:8084/\n")
    before = tree(server.root)
    with pytest.raises(PlanError, match=r"asks another policy server already \(http://127.*8084"):
        server.hook().plan()
    assert tree(server.root) == before
    assert server.hook().verify() is HookState.MISSING


def test_a_policy_server_that_comes_later_is_seen(server: Server) -> None:
    server.hook().plan().apply()
    theirs = server.root / SETTINGS
    theirs.write_text(theirs.read_text() + "auth_policy_server_url = http://127.0.0.1:8084/\n")
    assert server.hook().verify() is HookState.EDITED


@pytest.mark.parametrize("name", [DROP_IN, SETTINGS])
def test_what_others_wrote_into_our_files_is_kept(server: Server, name: str) -> None:
    server.hook().plan().apply()
    path = server.root / name
    path.write_text(path.read_text() + "auth_verbose = yes\n")
    assert server.hook().verify() is HookState.INSTALLED
    server.undo()
    assert path.read_text() == "auth_verbose = yes\n"


def test_a_value_that_others_changed_is_left_and_told(server: Server) -> None:
    server.hook().plan().apply()
    path = server.root / SETTINGS
    path.write_text(path.read_text().replace("log_only = no", "log_only = yes"))
    assert server.hook().verify() is HookState.EDITED
    assert server.undo() == (
        "/etc/dovecot/mailward.conf.ext: kept a line that is not ours: auth_policy_log_only = yes",
    )
    assert not (server.root / DROP_IN).exists()


def test_a_removed_drop_in_is_put_back(server: Server) -> None:
    before = tree(server.root)
    server.hook().plan().apply()
    (server.root / DROP_IN).unlink()
    assert server.hook().verify() is HookState.EDITED
    assert server.hook().plan().apply() is True
    assert server.hook().verify() is HookState.INSTALLED
    server.undo()
    assert tree(server.root) == before


@pytest.mark.parametrize("endpoint", ["unix:/run/x.sock", "127.0.0.1:4001"])
def test_only_tcp_can_be_asked(server: Server, endpoint: str) -> None:
    with pytest.raises(PlanError, match="over TCP only"):
        DovecotHook(server.host, endpoint, "hush", server.state)


@pytest.mark.parametrize("secret", ["", "two words", "line\nbreak"])
def test_a_secret_that_breaks_the_header_is_refused(server: Server, secret: str) -> None:
    with pytest.raises(PlanError, match="secret"):
        server.hook(secret=secret)
