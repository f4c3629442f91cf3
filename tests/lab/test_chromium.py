"""The lab's browser is complete in itself, and knows no machine but this one."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest

from tests.lab.chromium import Chromium, chromium
from tests.lab.conftest import available
from tests.lab.release import CHROMIUM, LabUnavailableError

C_LIBRARY = {"libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "libresolv.so.2"}


@pytest.fixture
def browser(tmp_path: Path) -> Chromium:
    """The browser, fetched."""
    with available():
        return chromium(tmp_path)


def dump(browser: Chromium, url: str) -> str:
    """What is on a page after its scripts ran."""
    command = [str(browser.program), *browser.arguments, "--timeout=20000", "--dump-dom", url]
    done = subprocess.run(
        command, env=browser.environment, check=False, capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


@pytest.mark.lab
def test_it_runs_a_page_as_root_without_a_screen(browser: Chromium) -> None:
    page = "data:text/html,<p>1</p><script>document.querySelector('p').textContent=6*7</script>"
    assert "DISPLAY" not in browser.environment
    assert "<p>42</p>" in dump(browser, page)


@pytest.mark.lab
@pytest.mark.parametrize("host", ["example.com", "192.0.2.1"])
def test_nothing_outside_this_machine_exists_for_it(browser: Chromium, host: str) -> None:
    assert "ERR_NAME_NOT_RESOLVED" in dump(browser, f"http://{host}/")


@pytest.mark.lab
def test_every_library_and_font_is_its_own(browser: Chromium) -> None:
    """But for the C library: another one of those cannot be in the same process."""
    listed = subprocess.run(
        ["ldd", browser.program],
        env=browser.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    used = {line.split()[0]: line.split()[2] for line in listed.splitlines() if "=>" in line}
    foreign = {name for name, path in used.items() if not path.startswith(str(CHROMIUM.root))}
    assert "libnss3.so" in used
    assert foreign <= C_LIBRARY
    settings = Path(browser.environment["FONTCONFIG_FILE"]).read_text("utf-8")
    assert f"<dir>{CHROMIUM.root}/usr/share/fonts</dir>" in settings


@pytest.mark.parametrize("found", [("glibc", "2.31"), ("", ""), ("musl", "1.2.5")])
def test_a_machine_with_another_c_library_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: tuple[str, str]
) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: found)
    with pytest.raises(LabUnavailableError, match=r"needs glibc 2\.36"):
        chromium(tmp_path)
