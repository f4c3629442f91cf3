"""What an unsigned bridge may say of showing a page, and what not."""

from __future__ import annotations

import pytest

from core.panel import Role, Viewer
from core.web.showing import LARGEST, Unreadable, claim_for

ANNA = Viewer(Role.CUSTOMER, "anna")
WHOLE = (
    "prefix=%2FCMD_PLUGINS%2Fmailward%2Findex.raw&layout=frame&parameter=r"
    "&session=abc&language=de&zone=Europe%2FBerlin&address=192.0.2.1"
)


def test_everything_of_showing_is_taken() -> None:
    claim = claim_for(ANNA, WHOLE)
    assert (claim.role, claim.login) == (Role.CUSTOMER, "anna")
    assert claim.prefix == "/CMD_PLUGINS/mailward/index.raw"
    assert (claim.layout, claim.parameter, claim.session) == ("frame", "r", "abc")
    assert (claim.language, claim.zone, claim.address) == ("de", "Europe/Berlin", "192.0.2.1")


def test_nothing_said_is_fine() -> None:
    assert claim_for(ANNA, "").prefix == ""


def test_panel_knows_its_people_better() -> None:
    claim = claim_for(Viewer(Role.CUSTOMER, "anna", language="en", zone="UTC"), WHOLE)
    assert (claim.language, claim.zone) == ("en", "UTC")


@pytest.mark.parametrize(
    "header",
    [
        "role=admin",
        "login=root",
        "prefix=/a&role=admin",
        "prefix=//evil.example",
        "prefix=https%3A%2F%2Fevil.example",
        "prefix=%2Fa%0D%0ASet-Cookie%3Aa",
        "prefix=%2Fa%22onclick%3D%22x",
        "layout=other",
        "parameter=R%26x",
        "prefix",
        "prefix=%ff%2f",
        "session=" + "x" * 256,
        "session=" + "x" * LARGEST,
        "&".join(f"s{n}=1" for n in range(500)),
    ],
)
def test_what_does_not_belong_there_is_refused(header: str) -> None:
    """D3: who is asking is not said here."""
    with pytest.raises(Unreadable):
        claim_for(ANNA, header)
