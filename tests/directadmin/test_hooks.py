"""DirectAdmin's Exim asks, on the real Exim of three releases: found, changed, rebuilt, given back.

What the fragments themselves do is tested in `tests/lab/test_hooks_exim.py`.
"""

from __future__ import annotations

import os
import ssl
import time
from typing import TYPE_CHECKING

import pytest

from core.desk import panel_record
from core.desk.panel_record import Record
from core.errors import PlanError
from core.mta import exim_acl
from core.panel import HookState, PanelInfo
from core.settings.config import load
from directadmin import places
from tests.core.system.machines import tree
from tests.directadmin.double.exim import DIRADMIN, FOREIGN, USERS
from tests.directadmin.guarded import GuardedDirectAdmin
from tests.lab.conftest import available, lab_release, pytest_generate_tests
from tests.lab.daemon import told
from tests.lab.dovecot import PASSWORD
from tests.lab.exim_guarded import pipelined, timed

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["lab_release", "pytest_generate_tests"]

pytestmark = pytest.mark.lab

ALICE, STRANGER = "alice@example.test", "x@elsewhere.test"
RECIPIENT = places.EXIM_INCLUDES["rcpt"]
AT_ONCE = 1.0


@pytest.fixture(scope="module")
def machine(lab_release: str) -> Iterator[GuardedDirectAdmin]:
    """An Exim of DirectAdmin's without the hook, which the tests of this module share."""
    with available(), GuardedDirectAdmin(lab_release) as guarded:
        yield guarded


@pytest.fixture
def bare(machine: GuardedDirectAdmin) -> Iterator[GuardedDirectAdmin]:
    """The same for one test, which may leave the hook in it."""
    machine.daemon.configure()
    yield machine
    machine.remove()


@pytest.fixture
def exim(bare: GuardedDirectAdmin) -> GuardedDirectAdmin:
    """With the hook."""
    assert bare.install() is True
    return bare


def settings(guarded: GuardedDirectAdmin) -> dict[str, tuple[bytes, int]]:
    """Every file that is Exim's, and every folder that is ours."""
    etc = guarded.machine.path("/etc")
    files = {path.name: (path.read_bytes(), path.stat().st_mode) for path in etc.glob("exim.*")}
    ours = etc / "mailward"
    return {**files, **(tree(ours) if ours.exists() else {}), "ours": (b"", ours.exists())}


def guards(guarded: GuardedDirectAdmin) -> bool:
    """Whether somebody who may not is refused at 587 when he says who he is."""
    with guarded.exim.client(587, guarded.daemon.client("RU")) as client:
        return client.greeting.code == 220 and client.ehlo().code == 550


@pytest.mark.proves("install")
def test_it_comes_asks_and_goes_byte_for_byte(bare: GuardedDirectAdmin) -> None:
    """E12, A1: the administrator's own lines stay, and two installations are one."""
    before = settings(bare)
    assert bare.hook.verify() is HookState.MISSING
    assert bare.install() is True
    once = settings(bare)
    assert bare.hook.verify() is HookState.INSTALLED
    assert bare.install() is False
    assert settings(bare) == once
    shared = bare.machine.path(RECIPIENT)
    assert shared.read_text().endswith(f"\n{FOREIGN}")
    assert shared.read_text().startswith("# BEGIN mailward")
    assert guards(bare)
    assert bare.remove() == ()
    assert settings(bare) == before
    assert not guards(bare)


@pytest.mark.proves("connect")
@pytest.mark.proves("connect")
def test_587_and_465_are_closed_before_a_password_can_be_said(exim: GuardedDirectAdmin) -> None:
    """A1: at EHLO, in clear and inside TLS; once for a connection; and port 25 takes mail."""
    for port in (587, 465):
        source = exim.daemon.client("RU")
        with exim.exim.client(port, source) as client:
            answer = client.ehlo()
            assert (answer.code, answer.text[:6]) == (550, "5.7.1 "), client.transcript
            try:
                assert client.receive() is None, "it has hung up"
            except (ssl.SSLError, ConnectionError):
                assert port == 465
        assert told(exim.daemon.events(address=source)) == [("connect", "deny", "country")]
    source = exim.daemon.client("RU")
    with exim.exim.client(25, source) as client:
        client.ehlo()
        assert client.send_mail(STRANGER, ALICE).code == 250
    assert exim.daemon.events(address=source) == []
    source = exim.daemon.client("DE")
    with exim.exim.client(587, source) as client:
        client.ehlo()
        assert client.starttls().code == 220
        client.ehlo()
    assert told(exim.daemon.events(address=source)) == [("connect", "allow", "nothing_against")]


@pytest.mark.proves("connect")
def test_without_a_greeting_nobody_logs_in(exim: GuardedDirectAdmin) -> None:
    """facts 2.3: who leaves out EHLO is offered no login."""
    with exim.exim.client(587, exim.daemon.client("RU")) as client:
        assert client.auth_plain(ALICE, PASSWORD).code == 503


@pytest.mark.proves("login")
@pytest.mark.proves("login")
def test_an_account_that_may_not_from_there_is_told_at_its_first_recipient(
    exim: GuardedDirectAdmin,
) -> None:
    """A3: `acl_smtp_mail` is a bare accept at 587; the question is put once for a message."""
    account, source = exim.new_account(), exim.daemon.client("DE")
    only = {"country.mode": "allow", "country.list": ["US"]}
    exim.daemon.configure(scopes={account: only})
    asked = exim.daemon.asked()["auth"]
    for port in (587, 465, 25):
        with exim.exim.submission(port, source, account) as client:
            assert client.mail(account).code == 250
            answers = [client.rcpt(f"{n}@elsewhere.test") for n in range(3)]
            assert [answer.code for answer in answers] == [550] * 3
    assert exim.daemon.asked()["auth"] == asked + 3
    with exim.exim.submission(587, source, ALICE) as client:
        assert client.send_mail(ALICE, STRANGER).code == 250


@pytest.mark.proves("send")
def test_150_mails_pass_and_the_151st_blocks_the_account(exim: GuardedDirectAdmin) -> None:
    """B1: many recipients are one mail."""
    account, source = exim.new_account(), exim.daemon.client("DE")
    with exim.exim.submission(587, source, account) as client:
        assert client.send_mail(account, STRANGER, "y@elsewhere.test", "z@e.test").code == 250
        assert [end.code for end in pipelined(client, account, 149)] == [250] * 149
        assert client.send_mail(account, STRANGER).code == 451
        assert client.mail(account).code == 250
        assert client.rcpt(STRANGER).code == 451, "blocked in the same session"
    assert account in exim.daemon.blocked()


@pytest.mark.proves("scripts")
@pytest.mark.proves("scripts")
def test_a_customer_s_script_sends_150_mails_and_no_more(exim: GuardedDirectAdmin) -> None:
    """B11: per system user; another's goes on, and so does what DirectAdmin itself sends."""
    anna, bert = USERS["anna"], USERS["bert"]
    for _ in range(150):
        assert exim.exim.script(anna, "-t", "-i", "-odq") == 0
    assert exim.exim.script(anna) == 1
    assert exim.daemon.blocked() & {"local:anna", "local:bert"} == {"local:anna"}
    assert exim.exim.script(bert) == 0
    exim.daemon.configure({"send.limit": 1})
    assert [exim.exim.script(DIRADMIN) for _ in range(3)] == [0, 0, 0]
    exim.daemon.mailward("blocked", "release", "local:anna")


def test_a_system_user_counts_as_the_box_at_his_domain(exim: GuardedDirectAdmin) -> None:
    """A3, facts 2.1: who logs in with DirectAdmin's own name has his domain's rules, once root has
    written down what the panel says."""
    source = exim.daemon.client("DE")
    config = load(str(exim.daemon.config))
    info = PanelInfo("directadmin", "1.690", "", "Exim", "")
    panel_record.write(config, Record(time.time(), info, tuple(exim.panel.domains())))
    exim.daemon.configure(
        scopes={"customer.test": {"country.mode": "allow", "country.list": ["US"]}}
    )
    with exim.exim.submission(587, source, "bert") as client:
        client.mail("bert@customer.test")
        assert client.rcpt(STRANGER).code == 550
    with exim.exim.submission(587, source, "anna") as client:
        assert client.send_mail("anna@example.test", STRANGER).code == 250
    accounts = {event.account for event in exim.daemon.events(address=source)}
    assert accounts == {"", "bert@customer.test", "anna@example.test"}


@pytest.mark.proves("survives")
@pytest.mark.proves("survives")
def test_a_rebuild_does_not_lose_us(exim: GuardedDirectAdmin) -> None:
    """E12: ``da build exim_conf``."""
    before = settings(exim)
    exim.rebuild()
    assert settings(exim) == before
    assert exim.hook.verify() is HookState.INSTALLED
    assert guards(exim)


@pytest.mark.parametrize("point", list(places.EXIM_INCLUDES))
def test_an_include_point_that_is_not_there_stops_it(
    bare: GuardedDirectAdmin, point: exim_acl.Point
) -> None:
    """facts 0.6: named, with what to do; nothing is changed."""
    line = f".include_if_exists {places.EXIM_INCLUDES[point]}"
    file = bare.machine.path(bare.exim.config_file)
    whole = file.read_text()
    file.write_text(whole.replace(line, f"# {line}"))
    before = settings(bare)
    try:
        with pytest.raises(PlanError) as error:
            bare.hook.plan()
        assert line in str(error.value)
        assert "da build exim_conf" in str(error.value)
        assert settings(bare) == before
    finally:
        file.write_text(whole)


def test_an_acl_that_exim_does_not_use_is_no_include_point(bare: GuardedDirectAdmin) -> None:
    """The line is there, and would do nothing."""
    file = bare.machine.path(bare.exim.config_file)
    whole = file.read_text()
    file.write_text(whole.replace("acl_smtp_helo = acl_check_helo", "acl_smtp_helo = acl_connect"))
    try:
        with pytest.raises(PlanError, match=r"acl_check_helo\.pre\.conf"):
            bare.hook.plan()
    finally:
        file.write_text(whole)


def test_it_goes_although_the_include_points_have_gone_before(exim: GuardedDirectAdmin) -> None:
    """A configuration of somebody's own took DirectAdmin's place: what is ours is taken back."""
    file = exim.machine.path(exim.exim.config_file)
    whole = file.read_text()
    file.write_text(whole.replace(".include_if_exists /etc/exim.acl", "# none "))
    try:
        assert exim.remove() == ()
        assert "mailward" not in exim.machine.path(RECIPIENT).read_text()
    finally:
        file.write_text(whole)


@pytest.mark.proves("open")
@pytest.mark.proves("install")
def test_what_exim_does_not_accept_is_put_back(
    bare: GuardedDirectAdmin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E12: `exim -bV` says no, and Exim is never told."""
    before = settings(bare)
    log = bare.machine.path("/run/systemctl.log")
    said = log.read_text() if log.exists() else ""
    monkeypatch.setattr(exim_acl, "_REFUSE", "denie\n" + exim_acl._REFUSE)
    with pytest.raises(PlanError, match="Everything was put back"):
        bare.install()
    assert settings(bare) == before
    assert (log.read_text() if log.exists() else "") == said
    assert not guards(bare)


def test_whoever_installs_may_have_any_umask(bare: GuardedDirectAdmin) -> None:
    """facts/mta_hooks.md 4.3: Exim reads its files as itself."""
    before = settings(bare)
    old = os.umask(0o077)
    try:
        assert bare.install() is True
    finally:
        os.umask(old)
    folder = bare.machine.path(places.FRAGMENTS)
    made = [bare.machine.path(path) for path in places.EXIM_INCLUDES.values()]
    modes = {path.stat().st_mode & 0o777 for path in (*folder.iterdir(), *made)}
    assert modes == {0o644}
    assert guards(bare)
    bare.remove()
    assert settings(bare) == before


@pytest.mark.proves("open")
@pytest.mark.proves("open")
def test_a_daemon_that_is_down_costs_nothing(exim: GuardedDirectAdmin) -> None:
    """A25: nobody waits, and nobody is refused."""
    exim.daemon.kill()
    try:
        with exim.exim.client(587, "203.0.113.9") as client:
            assert timed(client.ehlo)[1] < AT_ONCE
            assert client.auth_plain(ALICE, PASSWORD).code == 235
            answer, took = timed(lambda: client.send_mail(ALICE, STRANGER))
            assert (answer.code, took < AT_ONCE) == (250, True)
        assert exim.exim.script(USERS["anna"]) == 0
    finally:
        exim.daemon.start()
