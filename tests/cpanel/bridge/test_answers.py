"""What becomes of answers, and what is said where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cpanel import places
from tests.cpanel.laid import SECRET, SECRET_FILE
from tests.cpanel.panel_session import PanelSession

if TYPE_CHECKING:
    from tests.cpanel.laid import LaidMachine
    from tests.lab.listener import Listener

pytestmark = pytest.mark.lab


def test_an_answer_comes_back_as_it_was(visitor: PanelSession, listener: Listener) -> None:
    """Code, names of downloads, octets; what belongs to one connection, and cookies, do not."""
    listener.answer = (
        b"HTTP/1.1 200 OK\r\n"
        b"Content-Type: text/csv; charset=utf-8\r\n"
        b"Content-Disposition: attachment; filename=\"log.csv\"; filename*=UTF-8''l%C3%B6g.csv\r\n"
        b"Content-Security-Policy: default-src 'self'\r\n"
        b"Cache-Control: no-store\r\n"
        b"Set-Cookie: a=1\r\nX-Mailward-Viewer: x\r\nStatus: 500 no\r\n"
        b"Connection: close\r\nServer: gunicorn\r\n\r\n"
        b"\xff\x00\r\n\r\nab" + b"z" * 200_000
    )
    answer = visitor.get("/log.csv")
    assert (answer.code, answer.body) == (200, b"\xff\x00\r\n\r\nab" + b"z" * 200_000)
    assert answer.header("Content-Type") == "text/csv; charset=utf-8"
    assert "filename*=UTF-8''l%C3%B6g.csv" in answer.header("Content-Disposition")
    assert answer.header("Content-Security-Policy") == "default-src 'self'"
    assert answer.header("Cache-Control") == "no-store"
    names = {name.lower() for name, _ in answer.headers}
    assert not names & {"set-cookie", "x-mailward-viewer", "status", "x-no-ssi"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', 304),
        (b"HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 303),
        (b"HTTP/1.0 404 Not Found\r\n\r\nno", 404),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500),
    ],
)
def test_codes_and_places_are_passed_on(
    visitor: PanelSession, listener: Listener, said: bytes, code: int
) -> None:
    """A redirect is the browser's to follow."""
    listener.answer = said
    answer = visitor.get("/x", If_None_Match='"x"')
    assert answer.code == code
    assert listener.heard[0].header("If-None-Match") == '"x"'
    assert answer.header("Location") == ("/x" if code == 303 else "")


@pytest.mark.parametrize(
    ("accepted", "text"),
    [
        ("en-US,en;q=0.5", "pages do not answer"),
        ("de-AT,de;q=0.9,en;q=0.1", "antworten nicht"),
        ("fr", "do not answer"),
        ("\x80;;,", "do not answer"),
    ],
)
def test_without_pages_the_visitor_is_told(visitor: PanelSession, accepted: str, text: str) -> None:
    """Mail is guarded all the same, and the administrator reads where to look."""
    answer = visitor.get("/", Accept_Language=accepted)
    assert (answer.code, answer.header("Cache-Control")) == (502, "no-store")
    assert text in answer.text
    assert ("systemctl status" in answer.text) == visitor.is_whm, "root can do something about it"
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 99 x\r\n\r\n", b"x" * 70_000]
)
def test_who_speaks_nonsense_is_not_believed(
    visitor: PanelSession, listener: Listener, said: bytes
) -> None:
    """Whatever is there instead of the pages."""
    listener.answer = said
    assert visitor.get("/").code == 502


def test_pages_that_take_too_long_are_given_up(
    machine: LaidMachine, visitor: PanelSession, listener: Listener
) -> None:
    """After a minute; here after a second, and the panel's process is free again."""
    file = machine.path(f"{places.JUPITER}/mailward/Mailward/Carriage.pm")
    text = file.read_text()
    listener.answer = None
    try:
        file.write_text(text.replace("$SECONDS = 60;", "$SECONDS = 1;"))
        answer = visitor.get("/")
    finally:
        file.write_text(text)
    assert answer.code == 504
    assert "took too long" in answer.text


def test_a_bridge_without_its_secret_says_so(
    machine: LaidMachine, visitor: PanelSession, listener: Listener
) -> None:
    """It would be believed by nobody; a link in its place is not followed."""
    secret = machine.path(SECRET_FILE)
    kept = secret.with_name("kept")
    secret.rename(kept)
    try:
        for what in ("nothing", "an empty file", "a link"):
            secret.unlink(missing_ok=True)
            if what == "an empty file":
                secret.touch()
            elif what == "a link":
                secret.symlink_to("kept")
            answer = visitor.get("/")
            assert answer.code == 503
            assert ("mailward doctor" if visitor.is_whm else "your provider") in answer.text
    finally:
        kept.replace(secret)
    assert listener.heard == []


def test_a_frame_stands_in_the_panel_s_page(visitor: PanelSession, listener: Listener) -> None:
    """Its script is beside it; the pages are asked by the frame alone."""
    page = visitor.around()
    assert page.code == 200
    assert ("WHM" if visitor.is_whm else "cPanel") in page.text
    assert f'src="{visitor.prefix}?r=/"' in page.text
    script = f"{visitor.prefix.rpartition('/')[0]}/frame.js"
    assert f'<script src="{script}">' in page.text
    assert visitor.send("GET", script, b"", {}).header("Content-Type").startswith("text/javascript")
    assert "Child failed" not in page.text
    assert listener.heard == []


def test_without_whm_s_own_page_the_frame_stands_alone(
    machine: LaidMachine, root: PanelSession
) -> None:
    """Another version of WHM must not take the pages away."""
    broken = machine.path("/var/cpanel/broken_chrome")
    broken.touch()
    try:
        page = root.around()
    finally:
        broken.unlink()
    assert page.text.startswith("<!doctype html>")
    assert f'src="{root.prefix}?r=/"' in page.text
    assert page.text.rstrip().endswith("</html>")


def test_who_logs_out_is_out(machine: LaidMachine, door: Listener) -> None:
    """The address alone is worth nothing."""
    session = PanelSession(machine.panel, "anna")
    assert session.get("/").code == 200
    machine.path(f"/var/cpanel/sessions/raw/{session.name}").unlink()
    assert "Login" in session.get("/").text
    assert len(door.heard) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("/var/cpanel/users/anna", "mailward_enable=0\n"),
        ("/var/cpanel/packages/rita_small box", "mailward_enable=off\n"),
        ("/var/cpanel/features/default", "mailward=0\n"),
    ],
)
def test_a_package_without_mailward_has_no_page(
    machine: LaidMachine, anna: PanelSession, door: Listener, file: str, line: str
) -> None:
    """E3: by the package's switch, or by the feature list."""
    place = machine.path(file)
    place.parent.mkdir(exist_ok=True)
    before = place.read_text() if place.exists() else ""
    place.write_text(before + line)
    try:
        answer = anna.get("/")
    finally:
        place.write_text(before)
    assert answer.code == 403
    assert "package does not include Mailward" in answer.text
    assert door.heard == []
    assert anna.get("/").code == 200


def test_an_account_s_own_word_comes_before_its_package_s(
    machine: LaidMachine, anna: PanelSession, door: Listener
) -> None:
    """E3: as the daemon's own list of domains has it."""
    record, package = (
        machine.path(f"/var/cpanel/{path}") for path in ("users/anna", "packages/rita_small box")
    )
    package.parent.mkdir(exist_ok=True)
    before = record.read_text()
    package.write_text("mailward_enable=0\n")
    record.write_text(before + "mailward_enable=1\n")
    try:
        assert anna.get("/").code == 200
    finally:
        record.write_text(before)
        package.unlink()
    assert len(door.heard) == 1
