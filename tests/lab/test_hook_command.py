"""`mailward hook` on real servers: shown, applied, proved by knocking, taken back byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from core.cli.program import program
from core.main import Pages
from core.mta import postfix_probe
from core.panel import Doors, HookState
from core.settings.config import load
from core.standalone import Standalone
from core.system.host import Host
from tests.lab.daemon import LabDaemon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from core.panel import MailHook
    from tests.lab.mail_host import MailHost

pytestmark = pytest.mark.lab


class Inside(Standalone):
    """The servers of a folder, for a daemon outside of it: paths lose the folder's name."""

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        policy = tuple(each.replace(f"unix:{self.host.root}", "unix:") for each in doors.policy)
        return super().hooks(Doors(policy, doors.dovecot, doors.dovecot_secret, "root"), state)


class Command:
    """`mailward --config ...` for one machine of the lab."""

    def __init__(self, host: MailHost) -> None:
        self.host = host
        self.daemon = LabDaemon(host.machine, host.postfix.policy_socket)
        self.config = load(str(self.daemon.config))
        self._program = program(Inside(Host(host.root)), lambda *_: None, Pages())

    def __call__(self, *words: str, code: int = 0) -> Result:
        arguments = ["--config", str(self.daemon.config), "hook", *words]
        result = CliRunner().invoke(self._program, arguments)
        assert result.exit_code == code, (result.output, result.exception, self.daemon.output())
        return result

    def files(self) -> dict[str, bytes]:
        """Every file of both servers' configuration."""
        return {
            str(path.relative_to(self.host.root)): path.read_bytes()
            for folder in ("etc/postfix", "etc/dovecot")
            for path in sorted((self.host.root / folder).rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def command(own_mail_host: MailHost) -> Iterator[Command]:
    """The daemon runs, the servers do not know of it."""
    found = Command(own_mail_host)
    found.daemon.start()
    yield found
    found.daemon.stop()


def test_hooks_come_are_proved_and_go(command: Command) -> None:
    """E11, D9: from `plan` to `undo`."""
    before = command.files()
    shown = command("plan").stdout
    assert "check_policy_service" in shown
    assert "auth_policy_server_url" in shown
    assert command.files() == before
    command("verify", code=1)

    done = command("apply", "--yes").stdout
    assert "dovecot: done" in done
    assert "postfix: done" in done
    assert command.daemon.asked()["connect"] > 0
    assert command("verify").stdout.count(HookState.INSTALLED) == 2
    assert command("apply", "--yes").stdout.count("was in place already") == 2

    command("undo", "--yes")
    assert command.files() == before
    command("verify", code=1)


def test_a_daemon_that_is_not_asked_leaves_nothing_behind(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9: a door that stays shut is found by knocking, and everything is put back."""
    monkeypatch.setattr(postfix_probe, "DEADLINE", 3.0)
    before = command.files()
    folder = command.host.postfix.policy_socket.parent
    command.daemon.stop()
    command.daemon.config.write_text(
        command.daemon.config.read_text().replace(
            f'"unix:{command.host.postfix.policy_socket}"', f'"unix:{folder}/other.sock"'
        )
    )
    command.daemon.start()
    command.daemon.config.write_text(
        command.daemon.config.read_text().replace("other.sock", "policy.sock")
    )
    result = command("apply", "postfix", "--yes", code=4)
    assert "put back" in result.stderr
    assert command.files() == before
