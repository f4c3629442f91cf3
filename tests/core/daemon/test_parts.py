"""Each part may fail alone: it is None or empty, its problem is kept, and the rest opens."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from core.daemon.parts import Parts
from core.errors import MailwardError
from core.settings.config import Config, Paths, StorePlace
from core.store.ledger import Ledger
from tests.databases import write_country


def config_in(directory: Path) -> Config:
    """A configuration on a directory of its own."""
    place = Paths(state=f"{directory}/s", run=f"{directory}/r", log=f"{directory}/l")
    return Config(paths=place)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Parts whose directories exist, with a small country database."""
    made = Parts(config_in(tmp_path))
    made.directories()
    write_country(made.config.data / "country.mmdb", {"203.0.113.0/24": "RU"})
    return made


def test_everything_opens_on_an_empty_directory(parts: Parts) -> None:
    """A5: no configuration is needed."""
    store, ledger, log = parts.store(), parts.ledger(), parts.event_log()
    assert store is not None
    assert ledger is not None
    assert parts.problems == {}
    assert (parts.config.log / "events.jsonl").exists()
    for part in (store, ledger, log):
        part.close()


def test_a_second_daemon_is_turned_away(parts: Parts, tmp_path: Path) -> None:
    """Two of them would each count half."""
    second = Parts(config_in(tmp_path))
    with pytest.raises(MailwardError, match="another daemon already runs"):
        second.directories()
    parts.unlock()
    second.directories()
    second.unlock()


def test_a_state_directory_that_cannot_be_used_is_said_clearly(tmp_path: Path) -> None:
    """The one thing without which there is no daemon."""
    (tmp_path / "s").write_text("a file")
    with pytest.raises(MailwardError, match="cannot be used"):
        Parts(config_in(tmp_path)).directories()


def test_a_store_that_is_away_is_a_problem(parts: Parts) -> None:
    """Events wait; decisions go on."""
    parts.config = replace(parts.config, store=StorePlace(url="sqlite:////proc/no/such/store"))
    assert parts.store() is None
    assert parts.problems["store"]


def test_a_ledger_held_by_somebody_else_is_waited_for_and_then_a_problem(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line holds it for a moment when the daemon is down."""
    monkeypatch.setattr("core.daemon.parts.LEDGER_WAIT", 0.1)
    held = Ledger.open(parts.config.state / "ledger", now=time.time())
    assert parts.ledger() is None
    assert "another process" in parts.problems["ledger"]
    held.close()
    ledger = parts.ledger()
    assert ledger is not None
    assert "ledger" not in parts.problems
    ledger.close()


def test_damaged_data_is_no_reason_not_to_open(parts: Parts) -> None:
    """A25: that source has no opinion, and its status says why."""
    (parts.config.data / "country.mmdb").write_bytes(b"damaged")
    sources = parts.sources()
    assert sources.look("203.0.113.7").address == "203.0.113.7"
    assert next(s.problem for s in sources.status() if s.name == "country")
    sources.close()


def test_the_secret_for_dovecot_is_made_once_and_is_ours_alone(parts: Parts) -> None:
    """Any local user can reach a TCP port."""
    key = parts.dovecot_key()
    file = parts.config.state / "dovecot.secret"
    assert len(key) >= 32
    assert parts.dovecot_key() == key
    assert file.stat().st_mode & 0o077 == 0
    assert file.stat().st_uid == os.getuid()


def test_a_secret_that_cannot_be_kept_shuts_strangers_out_all_the_same(parts: Parts) -> None:
    """An unguessable key for this run: Dovecot gets no opinion until it is mended."""
    (parts.config.state / "dovecot.secret").mkdir()
    first, second = parts.dovecot_key(), parts.dovecot_key()
    assert first != second
    assert "dovecot key" in parts.problems


def test_a_problem_that_is_over_is_forgotten(parts: Parts) -> None:
    """Status shows the present."""
    parts.report("store", "away")
    parts.report("store", "")
    assert parts.problems == {}
