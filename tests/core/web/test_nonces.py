"""A number is fresh once, and forgotten when it no longer matters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.web.nonces import Nonces


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 50)), max_size=40))
def test_no_number_is_fresh_twice_within_the_time(uses: list[tuple[str, float]]) -> None:
    nonces = Nonces(10)
    believed: dict[str, float] = {}
    now = 0.0
    for nonce, wait in uses:
        now += wait
        if nonces.fresh(nonce, now):
            assert nonce not in believed or now - believed[nonce] > 10
            believed[nonce] = now
        else:
            assert now - believed[nonce] <= 10
