"""Key and memory on disk: nothing is lost, nothing starts again, and nothing stops anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.errors import LicenceError, LicenceForged
from core.licence.licence import KEY_FILE, MEMORY_FILE, Licence
from core.licence.memory import Memory
from core.licence.server import Server
from core.licence.standing import State
from core.licence.tier import Tier
from tests.core.licence.vendor_keys import DAY, NOW, SIGNER, Signer, licence_key

HERE = Server(("mail.example.test",), "0123456789abcdef0123")


def licence(state: Path, **different: Any) -> Licence:
    """The licence of a Plesk server."""
    values: dict[str, Any] = {"panel": "plesk", "server": HERE, "public_keys": SIGNER.public_keys}
    return Licence(state, **(values | different))


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    """Not even a folder; and the trial has not begun."""
    state = tmp_path / "state"
    assert licence(state).standing(NOW).state is State.TRIAL
    assert licence(state).standing(NOW + 500 * DAY).state is State.TRIAL
    assert not state.exists()


def test_the_trial_runs_from_the_first_start(tmp_path: Path) -> None:
    """E10: through restarts."""
    here = tmp_path / "state"
    assert licence(here).remember(NOW).until == NOW + 30 * DAY
    assert licence(here).remember(NOW + 10 * DAY).until == NOW + 30 * DAY
    assert licence(here).standing(NOW + 31 * DAY).state is State.NONE


def test_a_key_that_is_removed_does_not_start_the_trial_again(tmp_path: Path) -> None:
    """E10."""
    here = licence(tmp_path)
    here.remember(NOW)
    here.set(SIGNER.text(licence_key()), NOW + 20 * DAY)
    here.remember(NOW + 60 * DAY)
    assert here.remove()
    assert licence(tmp_path).remember(NOW + 60 * DAY).state is State.NONE
    assert not here.remove()


def test_a_clock_that_is_set_back_does_not_start_it_again(tmp_path: Path) -> None:
    """E10: the daemon looks every hour."""
    here = licence(tmp_path)
    for hour in range(31 * 24):
        standing = here.remember(NOW + hour * 3600.0)
    assert standing.state is State.NONE
    assert licence(tmp_path).remember(NOW).state is State.NONE


def test_a_key_is_kept(tmp_path: Path) -> None:
    """E10: as it was entered, for the administrator to see again."""
    text = SIGNER.text(licence_key(tier=Tier.PRO))
    said = licence(tmp_path / "state").set(f"  {text.lower()}\n\n", NOW)
    assert (said.state, said.tier) == (State.VALID, Tier.PRO)
    assert licence(tmp_path / "state").standing(NOW).key == licence_key()
    file = tmp_path / "state" / KEY_FILE
    assert file.read_text() == f"{text.lower()}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_what_root_makes_is_the_daemons(tmp_path: Path) -> None:
    """`mailward licence set` is run by root, the daemon is not."""
    os.chown(tmp_path, 4711, 4712)
    licence(tmp_path).set(SIGNER.text(licence_key()), NOW)
    for name in (KEY_FILE, MEMORY_FILE):
        found = (tmp_path / name).stat()
        assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (4711, 4712, 0o640)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "begins with MW1"),
        (SIGNER.text(licence_key())[:-1], "wrong or missing"),
        (Signer(9).text(licence_key()), "does not know"),
        (SIGNER.text(licence_key(panel="zimbra")), "is for Zimbra, and this is Plesk$"),
        (SIGNER.text(licence_key(server="host:b.example.test")), "is for the server b.example"),
        (SIGNER.text(licence_key(expires=int(NOW) - 90 * DAY)), "ended on 2026-10-17$"),
        (SIGNER.text(licence_key(issued=int(NOW) + 9 * DAY)), "counts from 2027-01-24 on"),
    ],
)
def test_a_key_that_does_not_count_changes_nothing(tmp_path: Path, text: str, said: str) -> None:
    """E10: the one before stays."""
    here = licence(tmp_path)
    here.set(SIGNER.text(licence_key(number=3)), NOW)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    for look in (here.check, here.set):
        with pytest.raises(LicenceError, match=said):
            look(text, NOW)
    here.check(SIGNER.text(licence_key(number=4)), NOW)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_key_in_its_grace_may_be_set(tmp_path: Path) -> None:
    """A backup is put back while the renewal is on its way."""
    here = licence(tmp_path)
    assert here.set(SIGNER.text(licence_key(expires=int(NOW) - DAY)), NOW).state is State.GRACE


def test_a_new_key_frees_a_server_whose_clock_was_ahead(tmp_path: Path) -> None:
    """K10: nobody has to wait until the clock is right by itself."""
    here = licence(tmp_path)
    here.set(SIGNER.text(licence_key()), NOW)
    for hours in range(3):
        here.remember(NOW + 4000 * DAY + hours * 3600.0)
    assert here.remember(NOW).state is State.LAPSED
    with pytest.raises(LicenceError, match="ended"):
        here.set(SIGNER.text(licence_key()), NOW)
    new = licence_key(number=8, issued=int(NOW))
    assert here.set(SIGNER.text(new), NOW).state is State.VALID
    assert licence(tmp_path).remember(NOW + DAY).state is State.VALID


def test_a_renamed_server_is_known_for_a_week(tmp_path: Path) -> None:
    """Remembered on disk."""
    bound = SIGNER.text(licence_key(server="host:mail.example.test"))
    here = licence(tmp_path)
    here.set(bound, NOW)
    here.remember(NOW + DAY)
    renamed = licence(tmp_path, server=Server(("new.example.test",)))
    assert renamed.remember(NOW + 2 * DAY).state is State.GRACE
    assert renamed.remember(NOW + 9 * DAY).state is State.WRONG_SERVER
    assert here.remember(NOW + 10 * DAY).state is State.VALID


DAMAGED = [b"", b"{", b"[]", b"\xff" * 100, b'{"latest": "x"}', b"[" * 60_000, b"null"]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_memory_stops_nothing(tmp_path: Path, content: bytes) -> None:
    """E10: it is kept aside and said; the licence counts on."""
    (tmp_path / MEMORY_FILE).write_bytes(content)
    here = licence(tmp_path)
    assert here.remember(NOW).state is State.TRIAL
    assert "was damaged" in here.problem
    assert (tmp_path / "licence.damaged").read_bytes() == content
    again = licence(tmp_path)
    assert again.remember(NOW + DAY).until == NOW + 30 * DAY
    assert again.problem == ""
    assert again.set(SIGNER.text(licence_key()), NOW + DAY).state is State.VALID


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (b"", State.DAMAGED),
        (b"\xff\xfe\x00", State.DAMAGED),
        (b"x" * 1_000_000, State.DAMAGED),
        (Signer(9).text(licence_key()).encode(), State.FORGED),
    ],
)
def test_a_damaged_key_stops_nothing(tmp_path: Path, content: bytes, state: State) -> None:
    """E10: it is as if there were none, and that is said."""
    (tmp_path / KEY_FILE).write_bytes(content)
    found = licence(tmp_path).remember(NOW)
    assert (found.state, found.tier, found.in_order) == (state, Tier.PRO, False)
    assert "cannot be used" in found.text


def test_a_key_that_cannot_be_opened_stops_nothing(tmp_path: Path) -> None:
    """A folder in its place, or no permission."""
    (tmp_path / KEY_FILE).mkdir()
    (tmp_path / MEMORY_FILE).mkdir()
    here = licence(tmp_path)
    found = here.remember(NOW)
    assert found.state is State.DAMAGED
    assert "cannot be read: Is a directory" in found.text
    assert here.problem


def test_a_disk_that_takes_nothing_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E10: the answer is the same, and the problem is said."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    here = licence(tmp_path)
    here.set(SIGNER.text(licence_key(number=3)), NOW)
    monkeypatch.setattr(os, "fsync", full)
    assert here.remember(NOW + DAY).state is State.VALID
    assert "cannot be written: No space left on device" in here.problem
    with pytest.raises(OSError, match="No space"):
        here.set(SIGNER.text(licence_key(number=4)), NOW)
    assert sorted(file.name for file in tmp_path.iterdir()) == [MEMORY_FILE, KEY_FILE]
    found = licence(tmp_path).standing(NOW).key
    assert found is not None
    assert found.number == 3


def test_another_panels_or_servers_key_teaches_nothing(tmp_path: Path) -> None:
    """What is remembered comes from keys that count here."""
    here = licence(tmp_path)
    here.remember(NOW)
    for other in (licence_key(panel="zimbra"), licence_key(server="host:b.example.test")):
        (tmp_path / KEY_FILE).write_text(SIGNER.text(other))
        here.remember(NOW)
    memory = msgspec.json.decode((tmp_path / MEMORY_FILE).read_bytes(), type=Memory)
    assert memory.newest_issue == 0
    assert memory.matched_key == 0


def test_a_forgery_is_told_from_a_slip(tmp_path: Path) -> None:
    """For whoever helps the customer."""
    with pytest.raises(LicenceForged):
        licence(tmp_path).set(Signer(9).text(licence_key()), NOW)


def test_names_are_looked_up_only_for_keys_that_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that is away must not hold up a start."""

    def asked() -> Server:
        raise AssertionError

    monkeypatch.setattr("core.licence.licence.this_server", asked)
    here = licence(tmp_path, server=None)
    assert here.remember(NOW).state is State.TRIAL
    assert here.set(SIGNER.text(licence_key()), NOW).state is State.VALID
    with pytest.raises(AssertionError):
        here.set(SIGNER.text(licence_key(server="host:a.example.test")), NOW)
