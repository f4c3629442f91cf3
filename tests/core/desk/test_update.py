"""Data is fetched as the settings say, and the daemon takes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.desk import update
from core.desk.desk import Desk
from core.errors import DataError
from core.settings import fields
from core.settings.lists import Lists
from core.settings.model import Settings
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.settings.upkeep import Data
from core.sources.progress import Silent, UpdateResult
from tests.core.desk.office import Office
from tests.databases import write_plausible


class Watcher(Silent):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def plan(self, names: tuple[str, ...]) -> None:
        self.told.append(names)

    def end(self, result: UpdateResult) -> None:
        self.told.append(result.outcome)


@pytest.fixture
def file(office: Office) -> Path:
    """A country database of one's own, as if written yesterday."""
    return write_plausible(office.directory / "own.mmdb", "country", int(time.time()))


@pytest.fixture
def desk(office: Office, file: Path) -> Iterator[Desk]:
    """Settings that take it, and nothing else from anywhere."""
    values = {"data.provider": "file", "data.country_file": str(file), "data.feeds": []}
    with office.desk() as found:
        found.store.settings.change(("server", ""), values, "x", 1.0)
        yield found


def test_tells_the_watcher_and_the_daemon(desk: Desk, office: Office) -> None:
    """E17, E18: the daemon only when there is something new."""
    watcher = Watcher()
    with office.daemon({"reload": lambda _: {"problems": []}}) as asked:
        first = update.update(desk, watcher)
        again = update.update(desk)
    assert watcher.told == [("country",), "updated"]
    assert first.told is not None
    assert ([r.outcome for r in again.results], again.told, again.failed) == (
        ["unchanged"],
        None,
        (),
    )
    assert len(asked) == 1
    state = {each.name: each for each in update.state(office.config)}
    assert state["country"].problem == ""
    assert state["country"].age is not None
    assert state["asn"].problem


def test_goes_back_to_the_copy_before(desk: Desk, office: Office, file: Path) -> None:
    """A newer database may be worse."""
    with pytest.raises(DataError):
        update.rollback(desk, "country")
    update.update(desk)
    assert update.can_roll_back(office.config) == frozenset()
    write_plausible(file, "country", int(time.time()) + 1, networks=600)
    update.update(desk)
    assert update.can_roll_back(office.config) == {"country"}
    after = (office.config.data / "country.mmdb").read_bytes()
    update.rollback(desk, "country")
    assert (office.config.data / "country.mmdb").read_bytes() != after


def test_a_source_that_fails_is_among_the_results(desk: Desk, file: Path) -> None:
    """The last good copy stays."""
    file.unlink()
    found = update.update(desk)
    assert [result.name for result in found.failed] == ["country"]
    assert found.told is None


def test_a_directory_that_cannot_be_used_is_named(office: Office) -> None:
    """Before anything is fetched."""
    office.config.state.write_text("a file")
    with pytest.raises(DataError, match="data cannot be used"):
        update.update(office.desk_on(None))


def test_every_choice_reaches_the_updater() -> None:
    """No setting of data.* is without effect."""
    chosen = Data(
        provider="maxmind",
        maxmind_account="1",
        maxmind_key="k",
        ipinfo_token="t",
        country_file="c",
        asn_file="a",
        feeds=("aws",),
    )
    found = update.providers(Settings(data=chosen))
    assert found.country == "maxmind"
    for name in set(Data.__struct_fields__) - {"provider"}:
        assert getattr(found, name) == getattr(chosen, name)


@pytest.mark.parametrize(
    ("lists", "names"),
    [
        (Lists(), ()),
        (Lists(greensnow="watch", cins="refuse"), ("cins", "greensnow")),
        (Lists(spamrats="refuse", crowdsec="watch"), ()),
    ],
)
def test_lists_that_are_switched_on_are_fetched(lists: Lists, names: tuple[str, ...]) -> None:
    """E18: those that are asked instead are none of the updater's business."""
    assert update.providers(Settings(lists=lists)).lists == names


def test_the_key_reaches_the_updater() -> None:
    server = Settings(lists=Lists(abuseipdb="watch", abuseipdb_key="k3y"))
    assert update.providers(server).keys == {"abuseipdb": "k3y"}


def test_exempt_networks_of_every_scope_are_named() -> None:
    """A list of attackers that covers an exempt address is wrong."""

    def entries(*texts: str) -> dict[str, Any]:
        name = "exempt.addresses"
        return {name: fields.check(name, [{"entry": text} for text in texts])}

    rules = Resolved(
        {
            SERVER_SCOPE: entries("192.0.2.0/24", "AS64500"),
            Scope("domain", "x.test"): entries("2001:db8::1"),
        }
    )
    assert update.exempt_prefixes(rules) == ["192.0.2.0/24", "2001:db8::1"]
