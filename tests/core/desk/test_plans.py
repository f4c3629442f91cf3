"""What plans say, as root wrote it down."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from core.control import Control
from core.desk import panel_record
from core.desk.desk import Desk, Memory
from core.desk.panel_record import NAME, Record
from core.desk.plans import NOTHING, Told, stamp, told
from core.panel import MailDomain, PanelInfo
from core.settings.scope import Scope
from core.store.store import Store
from tests.core.desk.office import Office

INFO = PanelInfo("plesk", "18.0.60", "Obsidian", "Postfix", "3.7.11")


def _write(office: Office, **enabled: bool) -> None:
    office.config.state.mkdir(exist_ok=True)
    domains = tuple(
        MailDomain(f"{name}.Example", "anna", "", is_on, (f"bob@{name}.example",))
        for name, is_on in enabled.items()
    )
    panel_record.write(office.config, Record(1.0, INFO, domains))


def test_domains_whose_plan_has_it_off(office: Office) -> None:
    """E3."""
    _write(office, alpha=False, beta=True)
    assert told(office.config).without_plan == {"alpha.example"}


def test_whose_box_a_name_without_a_domain_is(office: Office) -> None:
    """D4: as the panel says; a whole address needs nobody to say it."""
    office.config.state.mkdir(exist_ok=True)
    domains = (
        MailDomain("Alpha.Example", "anna", "", True, login="Anna"),
        MailDomain("beta.example", "anna", "", True),
        MailDomain("gamma.example", "bert", "", True, login="x@beta.example"),
    )
    panel_record.write(office.config, Record(1.0, INFO, domains))
    assert told(office.config).homes == {"anna": "anna@alpha.example"}
    with closing(Store.open(office.config.store_url)) as store:
        control = Control(office.config.control)
        rules = Desk(office.config, office.panel, control, "me", store).rules().resolved
    assert rules.account(" ANNA ") == "anna@alpha.example"
    assert rules.account("bert") == "bert"


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"domains": 7}', b"[]", b"{}"])
def test_without_a_word_of_root_every_plan_has_it_on(office: Office, content: bytes | None) -> None:
    """E3: nobody's own rules go away with a file."""
    office.config.state.mkdir(exist_ok=True)
    path: Path = office.config.state / NAME
    if content is not None:
        path.write_bytes(content)
    assert told(office.config) == Told()
    assert (stamp(office.config) == NOTHING) is (content is None)


def test_a_desk_sees_a_plan_that_changes(office: Office) -> None:
    """E3: whatever the store's revision is."""
    _write(office, alpha=True)
    scope = Scope("domain", "alpha.example")
    with closing(Store.open(office.config.store_url)) as store:
        store.settings.change(("domain", "alpha.example"), {"country.mode": "allow"}, "me", 1.0)
        control, memory = Control(office.config.control), Memory()
        desk = Desk(office.config, office.panel, control, "me", store, memory=memory)
        for enabled in (True, False, True):
            _write(office, alpha=enabled)
            assert desk.rules().resolved.counts(scope) is enabled
            assert desk.rules() is desk.rules()
