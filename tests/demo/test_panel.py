"""The hoster's panel says whose domains are whose (E4)."""

from __future__ import annotations

from core.panel import Role
from core.web.directory import Directory
from demo import cast
from demo.pages import PEOPLE
from demo.panel import HosterPanel


def test_every_mailbox_is_in_the_panel() -> None:
    listed = [account for domain in HosterPanel().domains() for account in domain.mailboxes]
    assert sorted(listed) == sorted(cast.ACCOUNTS)


def test_each_person_who_is_let_in_has_something_to_see() -> None:
    directory = Directory(HosterPanel(), lambda: 0.0)
    seen = {viewer.role: directory.of(viewer.role, viewer.login) for _, viewer in PEOPLE}
    assert seen[Role.ADMIN] == set(cast.DOMAINS)
    assert seen[Role.RESELLER] == {"moeller.example", "sonnenhof.example"}
    assert len(seen[Role.CUSTOMER]) == 2
