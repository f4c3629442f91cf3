"""The licence page: what is on and why, and the key (E10)."""

from __future__ import annotations

import time
from html import unescape
from typing import Any

import pytest

from core.licence import key as licence_keys
from core.licence.licence import KEY_FILE
from core.licence.standing import State
from core.licence.tier import Tier
from tests.core.desk.office import daemon_at
from tests.core.licence.vendor_keys import DAY, SIGNER, licence_key
from tests.core.web.rig import Pages


@pytest.fixture(autouse=True)
def _vendor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licence_keys, "PUBLIC_KEYS", SIGNER.public_keys)


def _key(**different: Any) -> str:
    now = int(time.time())
    values = {"panel": "", "issued": now - DAY, "expires": now + 100 * DAY}
    return SIGNER.text(licence_key(**(values | different)))


def test_key_is_entered_shown_and_removed(pages: Pages) -> None:
    """E10: the daemon is told, and the pages do not go by what they knew."""
    assert ">trial<" in pages.admin.get("/system/licence").text
    with daemon_at(pages.config.control, {"reload": lambda _: {"problems": []}}) as asked:
        answer = pages.admin.post("/system/licence", key=_key())
        assert answer.status_code == 303
        text = pages.admin.follow(answer).text
        assert {"do": "reload"} in asked
    assert ">valid<" in text
    assert "Example Hosting GmbH" in text
    answer = pages.admin.post("/system/licence/remove")
    assert "The licence key is removed." in pages.admin.follow(answer).text
    assert not (pages.config.state / KEY_FILE).exists()


def test_daemon_that_is_down_takes_it_later(pages: Pages) -> None:
    answer = pages.admin.post("/system/licence", key=_key())
    assert "it will take this when it starts" in pages.admin.follow(answer).text


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "Paste the key"),
        ("   ", "Paste the key"),
        ("<b>no key", ""),
        ("x" * 20_000, "No key is that long."),
    ],
)
def test_what_is_no_key_is_refused_beside_the_field(pages: Pages, key: str, says: str) -> None:
    answer = pages.admin.post("/system/licence", key=key)
    assert answer.status_code == 422
    assert 'id="key-fault"' in answer.text
    assert says in unescape(answer.text)
    assert "<b>no" not in answer.text
    assert not (pages.config.state / KEY_FILE).exists()


def test_key_for_another_panel_leaves_the_one_before(pages: Pages) -> None:
    pages.admin.post("/system/licence", key=_key(number=8))
    before = (pages.config.state / KEY_FILE).read_text()
    other = _key(panel="plesk", number=9)
    text = unescape(pages.admin.post("/system/licence", key=other).text)
    assert "Plesk" in text
    assert other in text
    assert (pages.config.state / KEY_FILE).read_text() == before


def test_disk_that_takes_nothing_is_told_with_what_root_types(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.licence.licence._write", full)
    text = pages.admin.post("/system/licence", key=_key()).text
    assert "No space left on device" in text
    assert "mailward licence set -" in text


@pytest.mark.parametrize(
    ("tier", "state", "says"),
    [
        (Tier.BASIC, State.LAPSED, "Checks before the password need a PLUS licence."),
        (Tier.PLUS, State.VALID, "Pages for customers and resellers need a PRO licence."),
    ],
)
def test_what_is_off_says_why(pages: Pages, tier: Tier, state: State, says: str) -> None:
    pages.sell(tier, state)
    assert says in pages.admin.get("/system/licence").text
