"""The Exim hook's change on the real Exim of each release: it comes, fails well, and goes.

What it then asks is in `test_hooks_exim.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.errors import HookHarmful, PlanError
from core.mta import exim_acl, exim_config, exim_places, exim_probe
from core.mta.exim_places import Place, Places
from core.panel import HookState
from core.system.steps import Command
from tests.core.system.machines import tree
from tests.lab.conftest import available
from tests.lab.daemon import told
from tests.lab.exim_guarded import FOREIGN, RELOAD, GuardedExim, pre
from tests.lab.guarded_host import ALICE, STRANGER
from tests.lab.readiness import await_true
from tests.lab.release import EXIMS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.lab_releases(*EXIMS)]


@pytest.fixture(scope="module")
def machine(lab_release: str) -> Iterator[GuardedExim]:
    """An Exim without the hook, that the tests of this module share, per release."""
    with available(), GuardedExim(lab_release) as guarded:
        yield guarded


@pytest.fixture
def exim(machine: GuardedExim) -> Iterator[GuardedExim]:
    """The same for one test, which may leave the hook in it."""
    yield machine
    plan = machine.hook.recorded()
    if plan is not None:
        plan.undo()


def settings(exim: GuardedExim) -> dict[str, tuple[bytes, int]]:
    """Every file that the hook may touch."""
    etc = exim.machine.path("/etc")
    files = [path for path in (*etc.glob("exim*"), *etc.glob("mailward/**/*")) if path.is_file()]
    return {
        **{str(path): (path.read_bytes(), path.stat().st_mode) for path in files},
        **tree(etc / "exim4"),
        "folder": (b"", (etc / "mailward").exists()),
    }


def places_of(exim: GuardedExim, place: Places) -> Places:
    """The same places, for the lab's ports and without a service manager."""
    ports = (465, 587, exim.exim.ports["submission"], exim.exim.ports["submissions"])
    return replace(place, reload=(RELOAD,), ports=ports)


def guards(exim: GuardedExim) -> bool:
    """Whether somebody who may not is refused at 587 by the end of EHLO."""
    with exim.smtp(587, exim.daemon.client("RU")) as client:
        return client.greeting.code == 550 or client.ehlo().code == 550


@pytest.mark.proves("install", of="exim")
def test_it_comes_asks_and_goes_byte_for_byte(exim: GuardedExim) -> None:
    """E14, E15: and somebody else's lines, old and new, stay."""
    before = settings(exim)
    assert exim.hook.verify() is HookState.MISSING
    exim.install()
    assert exim.hook.verify() is HookState.INSTALLED
    knocks = exim.hook.knock(exim.daemon.was_asked)
    assert sorted((knock.port.partition(" ")[0], knock.answer) for knock in knocks) == [
        ("smtp", "cannot say"),
        ("submission", "asked"),
        ("submissions", "asked"),
    ]
    assert guards(exim)
    assert exim.hook.plan().apply() is False
    shared = exim.machine.path(pre("mail"))
    kept = shared.read_bytes()
    assert kept.endswith(FOREIGN.encode())
    shared.write_bytes(kept + b"# new\n")
    assert exim.hook.verify() is HookState.INSTALLED
    plan = exim.hook.recorded()
    assert plan is not None
    assert plan.undo() is True
    assert plan.left == ()
    assert shared.read_bytes() == FOREIGN.encode() + b"# new\n"
    shared.write_bytes(FOREIGN.encode())
    assert settings(exim) == before
    assert exim.hook.verify() is HookState.MISSING
    await_true(lambda: not guards(exim), "Exim without us", exim.exim.log_text)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("denie\n  message = x\n", "Exim configuration error"),
        ("deny\n  condition = maybe\n", 'LOG: .*invalid "condition" value'),
        ("deny\n  condition = ${if eq{a}}\n", "-be` said: > Failed: missing"),
        (
            "warn\n  set acl_m_x = ${lookup{x}lsearch{/etc/$sender_address}}\n",
            "LOG: .*failed to expand",
        ),
    ],
)
@pytest.mark.proves("install", of="exim")
def test_a_fragment_that_exim_does_not_follow_is_put_back_before_anybody_meets_it(
    exim: GuardedExim, monkeypatch: pytest.MonkeyPatch, broken: str, said: str
) -> None:
    """The first is found by -bV, the others only by a rehearsal."""
    before = settings(exim)
    exim.install()
    working = settings(exim)
    monkeypatch.setattr(exim_acl, "_REFUSE", broken + exim_acl._REFUSE)
    with pytest.raises(PlanError, match=said) as error:
        exim.hook.plan().apply()
    assert "Everything was put back" in str(error.value)
    assert settings(exim) == working
    assert guards(exim)
    monkeypatch.undo()
    assert exim.hook.verify() is HookState.INSTALLED
    plan = exim.hook.recorded()
    assert plan is not None
    plan.undo()
    assert settings(exim) == before


@pytest.mark.proves("install", of="exim")
def test_a_daemon_that_exim_does_not_reach_is_found_out(
    exim: GuardedExim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail goes on, so only the probe can tell; all is put back."""
    monkeypatch.setattr(exim_probe, "DEADLINE", 0.5)
    before = settings(exim)
    exim.daemon.policy_socket.parent.chmod(0o700)
    try:
        with pytest.raises(PlanError, match=r"was not asked .* may Exim's user reach it"):
            exim.hook.plan().apply(exim.confirm)
    finally:
        exim.daemon.policy_socket.parent.chmod(0o755)
    assert settings(exim) == before


def test_somebody_who_removes_an_include_is_seen(exim: GuardedExim) -> None:
    """E4"""
    exim.install()
    path = exim.machine.path(exim.exim.config_file)
    text = path.read_text("utf-8")
    path.write_text(text.replace(f".include_if_exists {pre('data')}", "# none"), "utf-8")
    assert exim.hook.verify() is HookState.EDITED
    path.write_text(text, "utf-8")
    assert exim.hook.verify() is HookState.INSTALLED


MACROS = (
    *("REQUEST", "ACTION", "REJECT", "DEFER", "DENY", "WARN", "CONNECT", "AUTH", "MAIL", "SEND"),
    *("ACL", "READSOCKET", "CONDITION", "MESSAGE", "WARD", "SET", "OK", "DUNNO"),
)
"""Names that a panel or an administrator could have for macros of their own."""


@pytest.fixture
def with_macros(machine: GuardedExim) -> Iterator[GuardedExim]:
    """Exim replaces each of them wherever it stands, inside other words too."""
    kept = dict(machine.exim.sections)
    defined = "".join(f"{name} = changed\n" for name in MACROS)
    machine.exim.sections = {**kept, "main": defined + kept["main"]}
    machine.exim.configure()
    machine.exim.restart()
    yield machine
    machine.exim.sections = kept
    machine.exim.configure()
    machine.exim.restart()


def test_other_peoples_macros_do_not_change_our_words(with_macros: GuardedExim) -> None:
    """E14: and one that would is named before anything is changed."""
    exim = with_macros
    before = settings(exim)
    exim.install()
    assert guards(exim)
    source = exim.daemon.client("DE")
    with exim.submission(587, source, ALICE) as client:
        assert client.send_mail(ALICE, STRANGER).code == 250
    assert [stage for stage, *_ in told(exim.daemon.events(address=source))] == [
        *("connect", "auth", "send")
    ]
    recorded = exim.hook.recorded()
    assert recorded is not None
    assert recorded.undo() is True
    assert settings(exim) == before
    path = exim.machine.path(exim.exim.config_file)
    text = path.read_text("utf-8")
    path.write_text(text.replace("strict_acl_vars", "N = x\nstrict_acl_vars"), "utf-8")
    with pytest.raises(PlanError, match="a macro `N`, a name that stands in"):
        exim.hook.plan()


@pytest.fixture
def plain(machine: GuardedExim) -> Iterator[GuardedExim]:
    """A configuration without include files: two ACLs of its own, and no others."""
    kept = dict(machine.exim.sections)
    machine.exim.sections = {
        "main": "acl_smtp_data = acl_check_data",
        "acl": "acl_check_data:\n  accept",
    }
    machine.exim.configure()
    machine.exim.restart()
    yield machine
    machine.exim.sections = kept
    machine.exim.configure()
    machine.exim.restart()


def test_a_server_without_a_panel_gets_its_own_acls(plain: GuardedExim) -> None:
    """A1, B1, E15: found by what Exim says of itself."""
    before = settings(plain)
    place = places_of(plain, exim_places.find(exim_config.read(plain.system)))
    hook = plain.hook_at(place)
    plan = hook.plan()
    assert plan.apply(lambda: hook.probe(plain.daemon.was_asked)) is True
    assert hook.verify() is HookState.INSTALLED
    again = places_of(plain, exim_places.find(exim_config.read(plain.system)))
    assert again == place, "found again, with our own ACLs in it"
    assert guards(plain)
    source = plain.daemon.client("DE")
    with plain.submission(587, source, ALICE) as client:
        assert client.send_mail(ALICE, STRANGER).code == 250
    assert plain.script() == 0
    assert [stage for stage, *_ in told(plain.daemon.events(address=source))] == [
        *("connect", "auth", "send")
    ]
    assert plain.daemon.events(account="local:webuser", stage="send")
    recorded = hook.recorded()
    assert recorded is not None
    assert recorded.undo() is True
    assert settings(plain) == before


@pytest.fixture
def late(machine: GuardedExim) -> Iterator[GuardedExim]:
    """A panel with no place before HELO, whose MAIL is out of reach (facts/directadmin.md 2)."""
    kept = dict(machine.exim.sections)
    names = ("helo", "data")
    machine.exim.sections = {
        "main": "".join(f"acl_smtp_{name} = acl_{name}\n" for name in names)
        + "acl_smtp_mail = accept\n",
        "acl": "".join(
            f"acl_{name}:\n  .include_if_exists {pre(name)}\n  accept\n" for name in names
        ),
    }
    machine.exim.configure()
    config = machine.machine.path(machine.exim.config_file)
    text = config.read_text("utf-8")
    rcpt = f"acl_check_rcpt:\n  .include_if_exists {pre('rcpt')}\n"
    config.write_text(text.replace("acl_check_rcpt:\n", rcpt), "utf-8")
    machine.exim.restart()
    yield machine
    machine.exim.sections = kept
    machine.exim.configure()
    machine.exim.restart()


def test_a_panel_without_early_places_asks_at_helo_and_at_rcpt(late: GuardedExim) -> None:
    """A1, A3: before a password can be said, and once for all recipients."""
    before = settings(late)
    points: tuple[exim_acl.Point, ...] = ("helo", "rcpt", "data")
    place = places_of(late, Places(tuple(Place(point, pre(point)) for point in points)))
    hook = late.hook_at(place)
    hook.plan().apply(lambda: hook.probe(late.daemon.was_asked))
    assert hook.verify() is HookState.INSTALLED
    with late.smtp(587, late.daemon.client("RU")) as client:
        assert client.greeting.code == 220
        answer = client.ehlo()
        assert (answer.code, answer.text[:6]) == (550, "5.7.1 ")
        assert client.receive() is None, "it has hung up"
    account, source = late.new_account(), late.daemon.client("DE")
    with late.smtp(587, source) as client:
        client.ehlo()
        assert client.starttls().code == 220
        client.ehlo()
        assert client.auth_plain(account, "correct horse").code == 235, client.transcript
        for _ in range(2):
            assert client.send_mail(account, STRANGER, ALICE, "c@elsewhere.test").code == 250
    stages = [stage for stage, *_ in told(late.daemon.events(address=source))]
    assert stages == ["connect", "auth", "send", "send"]
    asked = late.daemon.asked()["auth"]
    late.daemon.configure(scopes={account: {"country.mode": "allow", "country.list": ["US"]}})
    with late.submission(587, source, account) as client:
        assert client.mail(account).code == 250
        assert [client.rcpt(f"{n}@elsewhere.test").code for n in range(3)] == [550] * 3
    assert late.daemon.asked()["auth"] == asked + 1
    late.daemon.configure()
    recorded = hook.recorded()
    assert recorded is not None
    assert recorded.undo() is True
    assert settings(late) == before


def test_an_exim_made_strict_afterwards_gets_its_mail_back(late: GuardedExim) -> None:
    """C1, E4: the variables of a place that comes again cannot be made there; reconcile takes back
    what says that it does harm (`core.desk.repair`)."""
    points: tuple[exim_acl.Point, ...] = ("helo", "rcpt", "data")
    hook = late.hook_at(
        places_of(late, Places(tuple(Place(point, pre(point)) for point in points)))
    )
    hook.plan().apply(lambda: hook.probe(late.daemon.was_asked))
    path = late.machine.path(late.exim.config_file)
    path.write_text("strict_acl_vars = true\n" + path.read_text("utf-8"), "utf-8")
    late.exim.restart()
    account = late.new_account()

    def goes() -> bool:
        with late.smtp(587, late.daemon.client("DE")) as client:
            if client.ehlo().code != 250 or client.starttls().code != 220:
                return False
            client.ehlo()
            client.auth_plain(account, "correct horse")
            return client.send_mail(account, STRANGER).code == 250

    assert not goes(), "otherwise this need not be"
    with pytest.raises(HookHarmful, match="strict_acl_vars is on"):
        hook.verify()
    recorded = hook.recorded()
    assert recorded is not None
    assert recorded.undo() is True
    late.exim.restart()
    assert goes()
    assert hook.verify() is HookState.MISSING


def test_a_panel_that_builds_its_configuration_is_told_before_exim(
    exim: GuardedExim, tmp_path: Path
) -> None:
    """E5: where the build fails, all is put back and built again."""
    before = settings(exim)
    built = exim.machine.path("/var/lib/built")
    script = f"date >> /var/lib/built; test ! -e {pre('connect')}"
    place = replace(exim.panel_places(), build=(Command(("sh", "-c", script)),))
    with pytest.raises(PlanError, match="Everything was put back"):
        exim.hook_at(place).plan().apply()
    assert len(built.read_text().splitlines()) == 2
    assert settings(exim) == before
    assert not list(tmp_path.iterdir())
