"""Whose session it is, and whether the process that asks may have it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import PanelBroken, VisitRefused
from core.panel import Role, Viewer, Visit
from core.system.host import Host
from directadmin.question import Asked
from directadmin.session import MINUTE, REMEMBERED, SECONDS, TRIES, Sessions

UI, ADMIN, RITA, ANNA, BERT = 201, 1001, 1002, 1003, 1004
NUMBERS = {"mailward-ui": UI, "admin": ADMIN, "rita": RITA, "anna": ANNA, "bert": BERT}

PEOPLE = {
    "s_admin": Asked("admin", "admin"),
    "s_rita": Asked("rita", "reseller"),
    "s_anna": Asked("anna", "user"),
    "s_bert": Asked("bert", "user"),
    "s_ghost": Asked("ghost", "user"),
}


class Panel:
    """DirectAdmin, who answers for the sessions of PEOPLE whose key is ``k``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = ""
        self.go = threading.Event()
        self.go.set()

    def __call__(self, session: str, key: str) -> Asked | None:
        self.asked.append(session)
        assert self.go.wait(10)
        if self.broken:
            raise PanelBroken(self.broken)
        return PEOPLE.get(session) if key == "k" else None


class World:
    """Sessions, asked on a machine with its own users."""

    def __init__(self, root: Path) -> None:
        (root / "etc").mkdir()
        lines = (f"{name}:x:{number}:1::/:/bin/sh\n" for name, number in NUMBERS.items())
        (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\n" + "".join(lines))
        self.now = 1000.0
        self.panel = Panel()
        self.sessions = Sessions(Host(root), self.panel, lambda: self.now)

    def viewer(self, uid: int | None, level: str, session: str, key: str = "k") -> Viewer:
        """Who it is."""
        headers = {
            "x-directadmin-session": session,
            "x-directadmin-key": key,
            "x-directadmin-level": level,
        }
        return self.sessions.viewer(Visit(uid, headers, {}))

    def refusal(self, uid: int | None, level: str, session: str, key: str = "k") -> str:
        """Why somebody is not believed."""
        with pytest.raises(VisitRefused) as refused:
            self.viewer(uid, level, session, key)
        return str(refused.value)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize(
    ("uid", "level", "session", "why"),
    [
        (BERT, "user", "s_anna", "somebody else"),
        (ANNA, "user", "s_bert", "somebody else"),
        (ANNA, "user", "s_admin", "somebody else"),
        (ANNA, "user", "s_ghost", "somebody else"),
        (0, "user", "s_anna", "somebody else"),
        (ANNA, "admin", "s_admin", "none that shows pages of level admin"),
        (ANNA, "admin", "s_anna", "none that shows"),
        (ADMIN, "admin", "s_admin", "none that shows"),
        (RITA, "reseller", "s_rita", "none that shows"),
        (0, "admin", "s_admin", "none that shows"),
        (UI, "user", "s_anna", "none that shows pages of level user"),
        (UI, "admin", "s_rita", "may not open pages of level admin"),
        (UI, "admin", "s_anna", "may not open pages of level admin"),
        (UI, "reseller", "s_anna", "may not open pages of level reseller"),
        (None, "user", "s_anna", "unix socket"),
        (None, "admin", "s_admin", "unix socket"),
        (ANNA, "", "s_anna", "level"),
        (ANNA, "root", "s_anna", "level"),
        (ANNA, "User", "s_anna", "level"),
        (ANNA, "user", "s_nobody", "knows no such session"),
    ],
)
def test_who_is_not_believed(
    world: World, uid: int | None, level: str, session: str, why: str
) -> None:
    """E4: the right session with the wrong user, the right user with the wrong session."""
    assert why in world.refusal(uid, level, session)


@pytest.mark.parametrize(
    ("uid", "level", "session", "role", "login"),
    [
        (UI, "admin", "s_admin", Role.ADMIN, "admin"),
        (UI, "reseller", "s_rita", Role.RESELLER, "rita"),
        (UI, "reseller", "s_admin", Role.RESELLER, "admin"),
        (ANNA, "user", "s_anna", Role.CUSTOMER, "anna"),
        (RITA, "user", "s_rita", Role.CUSTOMER, "rita"),
        (ADMIN, "user", "s_admin", Role.CUSTOMER, "admin"),
    ],
)
def test_who_is_believed(
    world: World, uid: int, level: str, session: str, role: Role, login: str
) -> None:
    """E4, E5: nobody is more than the level at which they look."""
    assert world.viewer(uid, level, session) == Viewer(role=role, login=login)


BAD = ("", "a;b", "../etc/passwd", "a b", "a\nb", "é", "a" * 256, "a-b", "a%00", "s_anna\n")


@pytest.mark.parametrize("session", BAD)
def test_what_is_no_session_is_never_asked_for(world: World, session: str) -> None:
    assert "not written as one" in world.refusal(ANNA, "user", session)
    assert world.panel.asked == []


@pytest.mark.parametrize("key", ["", "k;x=1", "k k", "k\r\nX: y", "k\0", "ü", "k" * 256, "k\n"])
def test_what_is_no_key_is_never_asked_with(world: World, key: str) -> None:
    assert "not written as one" in world.refusal(ANNA, "user", "s_anna", key=key)
    assert world.panel.asked == []


def test_wrong_key_opens_nothing(world: World) -> None:
    assert "knows no such session" in world.refusal(ANNA, "user", "s_anna", key="other")


def test_page_with_ten_requests_asks_once(world: World) -> None:
    for _ in range(10):
        assert world.viewer(ANNA, "user", "s_anna").login == "anna"
    assert world.panel.asked == ["s_anna"]
    world.now += SECONDS
    world.viewer(ANNA, "user", "s_anna")
    assert world.panel.asked == ["s_anna"] * 2


def test_ten_requests_at_once_ask_once(world: World) -> None:
    world.panel.go.clear()
    with ThreadPoolExecutor(10) as pool:
        asking = [pool.submit(world.viewer, ANNA, "user", "s_anna") for _ in range(10)]
        world.panel.go.set()
        assert {each.result(10).login for each in asking} == {"anna"}
    assert world.panel.asked == ["s_anna"]


def test_session_that_ended_counts_a_moment_at_most(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.viewer(ANNA, "user", "s_anna")
    monkeypatch.delitem(PEOPLE, "s_anna")
    world.now += SECONDS
    assert "knows no such session" in world.refusal(ANNA, "user", "s_anna")


def test_what_was_answered_for_one_user_counts_for_no_other(world: World) -> None:
    """D3: a session that somebody overheard, while its owner is looking."""
    world.viewer(ANNA, "user", "s_anna")
    assert "somebody else" in world.refusal(BERT, "user", "s_anna")
    assert "none that shows" in world.refusal(BERT, "admin", "s_anna")


def test_whoever_guesses_sessions_is_soon_not_asked_for(world: World) -> None:
    """A customer's process may not make DirectAdmin shut the server's own address out."""
    for number in range(TRIES):
        assert "knows no" in world.refusal(BERT, "user", f"guess{number}")
    assert len(world.panel.asked) == TRIES
    for number in range(100):
        assert "wait" in world.refusal(BERT, "user", f"more{number}")
    assert len(world.panel.asked) == TRIES
    assert world.viewer(ANNA, "user", "s_anna").login == "anna"
    world.now += MINUTE + 1
    assert world.viewer(BERT, "user", "s_bert").login == "bert"


def test_wrong_answer_is_remembered_too(world: World) -> None:
    for _ in range(5):
        world.refusal(BERT, "user", "guess")
    assert world.panel.asked == ["guess"]


def test_silent_panel_lets_nobody_in_and_is_asked_again(world: World) -> None:
    world.panel.broken = "DirectAdmin does not answer: timed out"
    said = world.refusal(ANNA, "user", "s_anna")
    assert said == "DirectAdmin does not answer: timed out"
    world.panel.broken = ""
    assert world.viewer(ANNA, "user", "s_anna").login == "anna"


def test_refusals_never_quote_the_session(world: World) -> None:
    secret = "s_very_secret"
    for uid, level in ((ANNA, "user"), (UI, "admin"), (UI, "user")):
        assert secret not in world.refusal(uid, level, secret, key="topsecret")
        assert "topsecret" not in world.refusal(uid, level, secret, key="topsecret")


def test_memory_has_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(REMEMBERED + 500):
        name = f"s_{number}"
        monkeypatch.setitem(PEOPLE, name, Asked("anna", "user"))
        world.viewer(ANNA, "user", name)
    held = (world.sessions._answers, world.sessions._asking)
    assert all(len(each) <= REMEMBERED + 1 for each in held)
