"""DirectAdmin is asked whose session it is: over loopback, of itself and of nobody else."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.errors import PanelBroken
from core.system.host import Host
from directadmin import question
from directadmin.question import (
    DOOR,
    Asked,
    Door,
    Question,
    door_of,
    door_text,
    listeners,
    read,
)
from tests.daemon.stranger import NOBODY, needs_root, stranger
from tests.directadmin.double.da_web import DirectAdminWeb


def _machine(root: Path, tls: Path | None = None) -> DirectAdminWeb:
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\ndiradmin:x:0:0::/:/bin/false\n")
    for name, kind in (("anna", "user"), ("admin", "admin")):
        folder = root / "usr/local/directadmin/data/users" / name
        folder.mkdir(parents=True)
        (folder / "user.conf").write_text(f"usertype={kind}\n")
    panel = DirectAdminWeb(root, tls=tls)
    panel.listen(owner=0)
    return panel


@pytest.fixture(params=["plain", "tls"])
def panel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DirectAdminWeb]:
    """A small DirectAdmin, with a certificate that nobody has signed, or without."""
    tls = _certificate(tmp_path / "cert.pem") if request.param == "tls" else None
    with _machine(tmp_path / "root", tls) as found:
        yield found


def _certificate(place: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "panel.test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=2))
        .not_valid_after(now - dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    place.write_bytes(written + made.public_bytes(serialization.Encoding.PEM))
    return place


def _ask(panel: DirectAdminWeb, session: str, key: str) -> Asked | None:
    return Question(Host(panel.root))(session, key)


def test_session_s_person_is_told(panel: DirectAdminWeb) -> None:
    """Answers are escaped more than they need be, digits above all."""
    assert _ask(panel, *panel.log_in("anna")) == Asked("anna", "user")
    assert _ask(panel, *panel.log_in("admin")) == Asked("admin", "admin")


def test_whoever_is_somebody_else_for_a_while_is_that_one(panel: DirectAdminWeb) -> None:
    """Login-as: DirectAdmin's answer counts, not who has begun."""
    assert _ask(panel, *panel.log_in("admin|anna")) == Asked("anna", "user")


def test_session_that_is_none(panel: DirectAdminWeb) -> None:
    session, key = panel.log_in("anna")
    assert _ask(panel, session, "other") is None
    assert _ask(panel, "other", key) is None
    panel.log_out(session)
    assert _ask(panel, session, key) is None


@pytest.mark.parametrize(
    ("answers", "why"), [("redirect", "status 302"), ("nonsense", "whose session")]
)
def test_other_answers_are_no_answers(panel: DirectAdminWeb, answers: str, why: str) -> None:
    """A redirect is not followed: it would carry the session to wherever it points."""
    session, key = panel.log_in("anna")
    panel.answers = answers
    with pytest.raises(PanelBroken, match=why) as broken:
        _ask(panel, session, key)
    assert session not in str(broken.value)
    assert len(panel.asked) == 1


def test_silence_ends(panel: DirectAdminWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "SECONDS", 0.2)
    panel.answers = "silent"
    with pytest.raises(PanelBroken, match="does not answer"):
        _ask(panel, *panel.log_in("anna"))


@pytest.mark.parametrize("owner", [NOBODY, 1003])
def test_port_that_is_somebody_else_s_is_told_no_session(panel: DirectAdminWeb, owner: int) -> None:
    """D3: a customer's program listens there while DirectAdmin is away."""
    panel.listen(owner=owner)
    with pytest.raises(PanelBroken, match="somebody else"):
        _ask(panel, *panel.log_in("anna"))
    assert panel.asked == []


@pytest.mark.parametrize("name", [".panel.test", "x" * 64 + ".test"])
def test_a_name_that_is_none_does_not_matter(panel: DirectAdminWeb, name: str) -> None:
    """E8: an administrator's slip in DirectAdmin's settings."""
    place = panel.root / "usr/local/directadmin/conf/directadmin.conf"
    place.write_text(f"servername={name}\n{place.read_text()}")
    assert _ask(panel, *panel.log_in("anna")) == Asked("anna", "user")


def test_a_server_without_directadmin_s_own_user(panel: DirectAdminWeb) -> None:
    """D3: then only root's port is DirectAdmin's."""
    place = panel.root / "etc/passwd"
    place.write_text(place.read_text().replace("diradmin", "other"))
    assert _ask(panel, *panel.log_in("anna")) == Asked("anna", "user")
    panel.listen(owner=1003)
    with pytest.raises(PanelBroken, match="somebody else"):
        _ask(panel, *panel.log_in("anna"))


def test_nobody_listens(tmp_path: Path) -> None:
    panel = _machine(tmp_path / "root")
    panel.close()
    place = tmp_path / "root/proc/net/tcp"
    with pytest.raises(PanelBroken, match="does not answer"):
        _ask(panel, "s", "k")
    place.write_text(place.read_text().splitlines()[0] + "\n")
    with pytest.raises(PanelBroken, match="does not listen"):
        _ask(panel, "s", "k")


def test_settings_that_cannot_be_read_are_done_without(
    panel: DirectAdminWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS is tried first; whoever speaks none has then been told nothing."""
    (panel.root / "usr/local/directadmin/conf/directadmin.conf").unlink()
    monkeypatch.setattr(question, "PORT", panel.port)
    monkeypatch.setattr(question, "_door", lambda *_: Door(panel.port))
    assert _ask(panel, *panel.log_in("anna")) == Asked("anna", "user")
    assert panel.asked == ["anna"]


@needs_root
def test_kernel_says_who_has_opened_a_port(tmp_path: Path) -> None:
    program = (
        "one = socket.socket()\none.bind(('127.0.0.1', 0))\none.listen()\n"
        "print('ready', flush=True)\n"
        "open(1, 'w', closefd=False)\nsys.stdin.readline()\n"
    )
    before = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()}
    with stranger(tmp_path, program):
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        own = [f for f in lines if f[1] not in before and f[7] == str(NOBODY)]
        (port,) = {int(fields[1].partition(":")[2], 16) for fields in own}
        assert listeners(Host(), port) == {NOBODY}
    with socket.socket(socket.AF_INET6) as ours:
        ours.bind(("::", 0))
        ours.listen()
        assert listeners(Host(), ours.getsockname()[1]) == {0}


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (("0.0.0.0",), ("::1",), {0}),
        (("0.0.0.0",), ("::",), {0}),
        (("127.0.0.1",), ("127.0.0.2",), {0}),
        (("::",), ("::1",), {0}),
        ((), ("::",), {NOBODY}),
        ((), ("127.0.0.1",), {NOBODY}),
        (("0.0.0.0",), ("127.0.0.1",), {0, NOBODY}),
        (("0.0.0.0",), ("::ffff:127.0.0.1",), {0, NOBODY}),
        (("::",), ("::ffff:0.0.0.0",), {NOBODY}),
    ],
)
def test_other_addresses_of_the_port_say_nothing(
    tmp_path: Path, ours: tuple[str, ...], theirs: tuple[str, ...], found: set[int]
) -> None:
    """D3: a customer who opens the same port of another address must not shut the pages."""
    tables: dict[str, list[str]] = {"tcp": ["head"], "tcp6": ["head"]}
    for owner, addresses in ((0, ours), (NOBODY, theirs)):
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            octets = socket.inet_pton(family, address)
            words = [octets[at : at + 4][::-1].hex().upper() for at in range(0, len(octets), 4)]
            tables["tcp6" if ":" in address else "tcp"].append(
                f"0: {''.join(words)}:08AE 0:0 0A 0:0 00:0 0 {owner} 0 1 1 0"
            )
    for name, lines in tables.items():
        place = tmp_path / "proc/net" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(lines) + "\n")
    assert listeners(Host(tmp_path), 2222) == found


ANNA = Asked("anna", "user")


@pytest.mark.parametrize(
    ("status", "text", "found"),
    [
        (200, "username=anna&usertype=user", ANNA),
        (200, "error=0&username=anna&usertype=user", ANNA),
        (200, "%75sername=%61nna&usertype=%75ser&name=a%26b%3Dc", ANNA),
        (200, "error=1&text=no", None),
        (200, "username=anna&usertype=user&error=1", None),
        (401, "username=anna&usertype=admin", None),
        (403, "", None),
    ],
)
def test_answers(status: int, text: str, found: Asked | None) -> None:
    assert read(status, text) == found


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, ""),
        (200, "<html>login</html>"),
        (200, "username=anna"),
        (200, "usertype=admin"),
        (200, "username=anna&username=admin&usertype=user"),
        (200, "username=anna&usertype=user&usertype=admin"),
        (200, "username=anna&usertype=root"),
        (200, "username=&usertype=user"),
        (200, "username=..%2Froot&usertype=user"),
        (200, "username=a%0Ab&usertype=user"),
        (200, '{"username": "anna", "usertype": "user"}'),
        (500, "username=anna&usertype=user"),
        (302, "username=anna&usertype=user"),
    ],
)
def test_what_is_no_answer_lets_nobody_in(status: int, text: str) -> None:
    with pytest.raises(PanelBroken):
        read(status, text)


@pytest.mark.parametrize(
    ("files", "door"),
    [
        ({}, Door()),
        ({"conf": "port=3333\nssl=1\nservername=a.test\n"}, Door(3333, True, "a.test")),
        ({"conf": "# x\nssl=0\n"}, Door(2222, False)),
        ({"conf": "port=4444\n"}, Door(4444)),
        ({"record": "port=5555\nssl=1\nservername=b.test\n"}, Door(5555, True, "b.test")),
        ({"conf": "port=1\n", "record": "port=2\n"}, Door(1)),
    ],
)
def test_settings_say_where_it_is(tmp_path: Path, files: dict[str, str], door: Door) -> None:
    names = {"conf": "usr/local/directadmin/conf/directadmin.conf", "record": DOOR[1:]}
    for name, text in files.items():
        place = tmp_path / names[name]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    assert door_of(Host(tmp_path)) == door
    if "conf" in files:
        said = door_text(Host(tmp_path))
        (tmp_path / names["conf"]).unlink()
        (tmp_path / "etc/mailward").mkdir(parents=True, exist_ok=True)
        (tmp_path / DOOR[1:]).write_text(said)
        assert door_of(Host(tmp_path)) == door
    else:
        with pytest.raises(PanelBroken):
            door_text(Host(tmp_path))


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "", "\uff12"])
def test_port_that_is_none_is_said(tmp_path: Path, port: str) -> None:
    place = tmp_path / "usr/local/directadmin/conf/directadmin.conf"
    place.parent.mkdir(parents=True)
    place.write_text(f"port={port}\n")
    with pytest.raises(PanelBroken, match="port"):
        door_of(Host(tmp_path))
