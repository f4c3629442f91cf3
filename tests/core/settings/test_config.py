"""The small TOML file: enough with paths alone, clear when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.settings.config import ENVIRONMENT, Config, load


def write(directory: Path, text: str) -> str:
    """A configuration file with that text."""
    file = directory / "mailward.toml"
    file.write_text(text)
    return str(file)


def test_paths_alone_are_enough(tmp_path: Path) -> None:
    """A directory of one's own, without root; relative paths are relative to the file."""
    config = load(write(tmp_path, '[paths]\nstate = "s"\nrun = "r"\nlog = "l"\n'))
    assert config.state == tmp_path / "s"
    assert config.policy == (f"unix:{tmp_path}/r/policy.sock",)
    assert config.control == f"unix:{tmp_path}/r/control.sock"
    assert config.customers == f"unix:{tmp_path}/r-customers/web.sock"
    assert config.store_url == f"sqlite:///{tmp_path}/s/store.sqlite"


def test_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAILWARD_CONFIG counts where --config is not given."""
    monkeypatch.setenv(ENVIRONMENT, write(tmp_path, '[store]\nurl = "postgresql:///x"\n'))
    assert load().store_url == "postgresql:///x"


def test_without_any_file_the_defaults_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh install needs no file."""
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    monkeypatch.setattr("core.settings.config.DEFAULT_FILE", tmp_path / "absent.toml")
    assert load() == Config()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[paths\n", "mailward.toml"),
        ("[paths]\nstat = 'x'\n", "stat"),
        ("[path]\n", "path"),
        ("[paths]\nstate = 1\n", "paths.state"),
        ("[listen]\npolicy = ['udp:1']\n", "listen.policy[0]"),
        ("[listen]\ndovecot = 'tcp:0.0.0.0:4001'\n", "loopback"),
        ("[listen]\nmetrics = 'unix:relative'\n", "listen.metrics"),
        ("[listen]\nmetrics = 'unix:/run/metrics'\n", "listen.metrics"),
        ("[listen]\ndovecot = 'tcp:127.0.0.1:65536'\n", "listen.dovecot"),
        ("[listen]\ncustomers = 'tcp:127.0.0.1:8480'\n", "listen.customers"),
        ("[ban]\ncommand = 'csf'\n", "ban.command"),
        ("\xff\xfe", "mailward.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_key(tmp_path: Path, text: str, complaint: str) -> None:
    """The text names file and key; nothing is guessed."""
    with pytest.raises(ConfigError) as refusal:
        load(write(tmp_path, text))
    assert complaint in str(refusal.value)


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    """Not the same as having none."""
    with pytest.raises(ConfigError, match="no such file"):
        load(str(tmp_path / "absent.toml"))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """A damaged file is a clear error, not a traceback."""
    file = tmp_path / "mailward.toml"
    file.write_bytes(b"\xff\xfe[paths]")
    with pytest.raises(ConfigError, match=r"mailward\.toml"):
        load(str(file))
