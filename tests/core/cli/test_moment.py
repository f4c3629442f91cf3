"""Times are taken as options as people type them."""

from __future__ import annotations

import time

import click
import pytest

from core.cli.moment import Moment


def test_lengths_lie_before_or_after_now() -> None:
    """--since looks back, --expires ahead."""
    now = time.time()
    assert Moment().convert("2h", None, None) == pytest.approx(now - 7200, abs=5)
    assert Moment(ahead=True).convert("2h", None, None) == pytest.approx(now + 7200, abs=5)
    assert Moment().convert(1_772_388_000, None, None) == 1_772_388_000


def test_says_what_it_would_take() -> None:
    """As wrong usage, with an example."""
    with pytest.raises(click.BadParameter, match="like 30m, 2h or 7d"):
        Moment().convert("soon", None, None)
