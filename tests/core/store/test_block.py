"""What is left of a block."""

from __future__ import annotations

import pytest

from core.store.block import Block


@pytest.mark.parametrize(
    ("now", "left"),
    [
        pytest.param(1000.0, 600.0, id="just begun"),
        pytest.param(1400.0, 200.0, id="under way"),
        pytest.param(1600.0, 0.0, id="over"),
        pytest.param(9999.0, 0.0, id="long over"),
        pytest.param(10.0, 600.0, id="the clock was set back"),
    ],
)
def test_remaining(now: float, left: float) -> None:
    block = Block(
        account="a@example.test", started=1000.0, until=1600.0, seconds=600, reason="send_limit"
    )
    assert block.remaining(now) == left
