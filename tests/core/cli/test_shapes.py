"""What ``--json`` prints is what the reference says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.cli.shapes import SHAPES
from core.engine.blocks import Blocks
from core.engine.explain import State, explain
from core.engine.policy import Snapshot
from core.engine.window import SendWindows
from core.net.addresses import parse
from core.settings.scope import Resolved
from core.sources.facts import AddressFacts
from core.store.event import Event
from tests.core.cli.desk import Desk
from tests.core.desk import samples

LISTED_ELSEWHERE = {"settings", "update", "hook plan", "hook verify"}
"""The first has a key for each setting; of the others, their own tests see the whole document."""


def _explained(_: object) -> Any:
    address = parse("203.0.113.7")
    assert address is not None
    facts = AddressFacts(address.text, address.version, address.value)
    state = State(Snapshot(Resolved({})), Blocks(), SendWindows(), 0, 0)
    return msgspec.to_builtins(explain(facts, "", 587, state))


ANSWERS = {
    "status": lambda _: samples.status(),
    "explain": _explained,
    "blocks": lambda _: {"blocked": [], "near": []},
    "reload": lambda _: {"problems": []},
}

WORDS = {"explain": ("203.0.113.7",), "exempt check": ("192.0.2.1",), "import": ("--dry-run", "-")}
DOCUMENT = '{"mailward_settings": 1, "scopes": []}'


def _whole(event: Event) -> Event:
    """With something in every field, so that none is left out."""
    for name in event.__struct_fields__:
        if getattr(event, name) in ("", 0, 1):
            setattr(event, name, 2 if isinstance(getattr(event, name), int) else "x")
    return event


@pytest.mark.parametrize("verb", sorted(set(SHAPES) - LISTED_ELSEWHERE))
def test_every_key_is_described_and_there(desk: Desk, verb: str) -> None:
    """E15: integrators build on it."""
    with desk.store() as store:
        store.write([_whole(samples.event())])
        store.blocks.opened(samples.block("bob@example.test"))
    desk("exempt", "add", "192.0.2.1")
    with desk.daemon(ANSWERS):
        page = desk(*verb.split(), *WORDS.get(verb, ()), "--json", text=DOCUMENT).stdout
    shape = SHAPES[verb]
    if shape.form == "lines":
        found = [msgspec.json.decode(line) for line in page.splitlines()]
    else:
        document = msgspec.json.decode(page)
        assert isinstance(document, dict) == (shape.form == "object")
        found = document if shape.form == "list" else [document]
    assert found
    for each in found:
        assert set(each) == set(shape.keys)
