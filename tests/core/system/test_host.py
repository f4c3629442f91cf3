from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core.errors import PlanError
from core.system.host import LARGEST, NOT_FOUND, NOT_RUN, TIMED_OUT, TOLD, Host


def test_the_machine_itself_has_plain_paths() -> None:
    assert Host().path("/etc/hostname") == Path("/etc/hostname").resolve()


@pytest.mark.parametrize(
    ("links", "name", "real"),
    [
        ({}, "/etc/postfix/main.cf", "etc/postfix/main.cf"),
        ({"var/run": "/run"}, "/var/run/x.sock", "run/x.sock"),
        ({"etc/postfix/main.cf": "/srv/main.cf"}, "/etc/postfix/main.cf", "srv/main.cf"),
        ({"etc/postfix/main.cf": "other.cf"}, "/etc/postfix/main.cf", "etc/postfix/other.cf"),
        ({"etc/postfix/up": "../../../../etc/passwd"}, "/etc/postfix/up", "etc/passwd"),
        ({}, "/../../etc/passwd", "etc/passwd"),
    ],
    ids=["plain", "absolute link", "file link", "relative link", "climbing link", "climbing"],
)
def test_names_never_lead_out_of_the_folder(
    tmp_path: Path, links: dict[str, str], name: str, real: str
) -> None:
    (tmp_path / "etc/postfix").mkdir(parents=True)
    (tmp_path / "var").mkdir()
    for link, target in links.items():
        (tmp_path / link).symlink_to(target)
    assert Host(tmp_path).path(name) == tmp_path.resolve() / real


def test_a_loop_of_links_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="too many symbolic links"):
        Host(tmp_path).path("/a")


def test_a_relative_name_is_refused() -> None:
    with pytest.raises(ValueError, match="not an absolute path"):
        Host().path("etc/postfix")


def test_words_reach_the_command_as_they_are() -> None:
    result = Host().run(["printf", "%s|", "a b", "$HOME", "; echo no", ""])
    assert (result.code, result.stdout) == (0, "a b|$HOME|; echo no||")


def test_a_command_reads_the_text_and_a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("SECRET", "x")
    script = 'cat; echo "$LC_ALL,$LANG,$SECRET,$GIVEN"'
    result = Host().run(["sh", "-c", script], text="in\n", environment={"GIVEN": "1"})
    assert result.stdout == "in\nC,,,1\n"


def test_a_failure_says_what_ran_and_what_it_said() -> None:
    result = Host().run(["sh", "-c", "echo first >&2; echo second >&2; exit 3"])
    assert result.code == 3
    with pytest.raises(PlanError, match=r"`sh -c .*` ended with 3: first \| second"):
        result.require(PlanError)


def test_a_missing_command_is_a_failure_too() -> None:
    result = Host().run(["no-such-command-here"])
    assert result.code == NOT_FOUND
    assert "there is no such command" in result.failure


@pytest.mark.parametrize(("mode", "content"), [(0o644, "#!/bin/sh\n"), (0o755, "")])
def test_a_command_that_cannot_be_run_is_a_failure_too(
    tmp_path: Path, mode: int, content: str
) -> None:
    """E8: an update is under way, and half of it is there."""
    command = tmp_path / "command"
    command.write_text(content)
    command.chmod(mode)
    result = Host().run([str(command)])
    assert result.code == NOT_RUN
    assert "ended with 126" in result.failure


def test_a_command_that_babbles_neither_fills_the_memory_nor_the_page() -> None:
    """E8: a broken command of the panel's."""
    script = f"head -c {LARGEST + 9} /dev/zero; head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1"
    result = Host().run(["sh", "-c", script])
    assert len(result.stdout) == LARGEST
    assert len(result.failure) < TOLD + 100 + len(script)


def test_a_command_that_hangs_is_killed_with_its_children() -> None:
    begin = time.monotonic()
    result = Host().run(["sh", "-c", "sleep 60 & sleep 60"], timeout=0.2)
    assert result.code == TIMED_OUT
    assert "killed after 0.2 seconds" in result.stderr
    assert time.monotonic() - begin < 10


def test_a_server_left_behind_does_not_hold_us() -> None:
    begin = time.monotonic()
    result = Host().run(["sh", "-c", "sleep 5 & echo started"])
    assert result.stdout == "started\n"
    assert time.monotonic() - begin < 4


def test_users_of_a_machine_in_a_folder_are_its_own(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:x:0:0::/:\npostfix:x:12345:12346::/:\n")
    (tmp_path / "etc/group").write_text("postfix:x:12346:\n")
    host = Host(tmp_path)
    assert (host.uid("postfix"), host.gid("postfix"), host.uid("root")) == (12345, 12346, 0)
    with pytest.raises(KeyError, match="nobody-here"):
        host.uid("nobody-here")


def test_what_commands_write_is_for_all_to_read(tmp_path: Path) -> None:
    """E12: a panel's commands run with our umask, not with that of whoever installs."""
    before = os.umask(0o077)
    try:
        Host().run(("touch", str(tmp_path / "file")))
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644
