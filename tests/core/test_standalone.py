"""A server without a panel: what is found of its mail servers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from core.errors import PanelAbsent
from core.panel import Doors, Panel
from core.standalone import Standalone
from tests.core.system.machines import ScriptedHost

DOORS = Doors(
    policy=("unix:/run/mailward/policy.sock",),
    dovecot="tcp:127.0.0.1:4001",
    dovecot_secret="secret",
    user="mailward",
)

PARAMETERS = {
    "mail_version": "3.7.11",
    "queue_directory": "/var/spool/postfix",
    "mydestination": "mx.example.test, localhost.example.test, localhost",
    "virtual_mailbox_domains": "hash:/etc/postfix/vmail mysql:/etc/postfix/sql.cf one.test",
    "virtual_alias_domains": "/etc/postfix/domains, !no.test",
    "relay_domains": "two.test .sub.test",
}

Answer = Callable[[Sequence[str]], tuple[int, str]]


def _postconf(command: Sequence[str]) -> tuple[int, str]:
    return 0, PARAMETERS[command[-1]] + "\n"


def _postmap(command: Sequence[str]) -> tuple[int, str]:
    assert command[-1] == "hash:/etc/postfix/vmail"
    return 0, "Three.TEST\tOK\nbob@four.test x\n"


def _absent(_: Sequence[str]) -> tuple[int, str]:
    return 127, ""


def _host(root: Path, *, postfix: bool = True, dovecot: bool = True) -> ScriptedHost:
    answers: dict[str, Answer] = {
        "postconf": _postconf if postfix else _absent,
        "postmap": _postmap,
        "dovecot": (lambda _: (0, "2.3.19.1 (9b53102964)\n")) if dovecot else _absent,
    }
    return ScriptedHost(root, answers)


@pytest.mark.parametrize(
    ("postfix", "dovecot", "servers", "versions"),
    [
        (True, True, "Postfix and Dovecot", "3.7.11 and 2.3.19.1"),
        (True, False, "Postfix", "3.7.11"),
        (False, True, "Dovecot", "2.3.19.1"),
    ],
)
def test_finds_the_mail_servers(
    tmp_path: Path, postfix: bool, dovecot: bool, servers: str, versions: str
) -> None:
    """By their own commands."""
    found = Standalone(_host(tmp_path, postfix=postfix, dovecot=dovecot)).probe()
    assert (found.mail_server, found.mail_server_version) == (servers, versions)


def test_a_server_without_mail_is_absent(tmp_path: Path) -> None:
    """E8: with the reason."""
    standalone = Standalone(_host(tmp_path, postfix=False, dovecot=False))
    with pytest.raises(PanelAbsent, match="neither Postfix nor Dovecot"):
        standalone.probe()
    assert standalone.domains() == []
    assert standalone.hooks(DOORS, tmp_path) == []


def test_finds_the_domains(tmp_path: Path) -> None:
    """Named, in files, and in tables that can be listed; no patterns, no addresses."""
    (tmp_path / "etc" / "postfix").mkdir(parents=True)
    (tmp_path / "etc" / "postfix" / "domains").write_text("# ours\nfive.test\n six.test.\n")
    found = Standalone(_host(tmp_path)).domains()
    assert [domain.name for domain in found] == [
        *("five.test", "mx.example.test", "one.test", "six.test", "three.test", "two.test")
    ]
    assert all(domain.enabled and not domain.customer for domain in found)


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    """A missing file is a domain list without entries."""
    host = _host(tmp_path)
    host.answers["postmap"] = lambda _: (1, "")
    names = {domain.name for domain in Standalone(host).domains()}
    assert names == {"mx.example.test", "one.test", "two.test"}


def test_has_the_hooks_of_what_runs_here(tmp_path: Path) -> None:
    """Both servers are asked to ask us."""
    found = Standalone(_host(tmp_path)).hooks(DOORS, tmp_path)
    assert [hook.name for hook in found] == ["dovecot", "postfix"]


def test_fulfils_the_contract() -> None:
    """core/panel, as a type checker sees it."""
    panel: Panel = Standalone()
    assert panel.name == "standalone"
