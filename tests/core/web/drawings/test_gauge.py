"""The ring is as full as the limit is used."""

from __future__ import annotations

import pytest

from core.web.drawings.gauge import gauge, level
from tests.core.web.drawings.svg import having, is_permitted, parse


@pytest.mark.parametrize(
    ("used", "limit", "dashes", "grade"),
    [
        (75, 150, "50 100", "calm"),
        (119, 150, "79.33 100", "calm"),
        (120, 150, "80 100", "near"),
        (150, 150, None, "full"),
        (9999, 150, None, "full"),
        (0, 0, None, "full"),
        (1, 0, None, "full"),
    ],
)
def test_rings(used: int, limit: int, dashes: str | None, grade: str) -> None:
    tree = parse(gauge(used, limit, "<words>"))
    assert is_permitted(tree)
    (ring,) = having(tree, "mw-level")
    assert ring.get("stroke-dasharray") == dashes
    assert having(tree, f"mw-level-{grade}") == [ring]
    assert level(used, limit) == grade
    assert tree[0].get("aria-label") == "<words>"


@pytest.mark.parametrize("used", [0, -0.0])
def test_nothing_used_is_an_empty_ring(used: float) -> None:
    assert having(parse(gauge(used, 150, "x")), "mw-level") == []


@pytest.mark.parametrize(("used", "limit"), [(-1, 5), (5, -1), (float("nan"), 5)])
def test_what_cannot_be_drawn_is_refused(used: float, limit: float) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        gauge(used, limit, "x")
