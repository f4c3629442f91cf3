"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure: laws are checked for what they say, not for how fast.
settings.register_profile("mailward", deadline=None)
settings.load_profile("mailward")


def pytest_make_parametrize_id(config: object, val: object, argname: str) -> str | None:
    """Name a set by its members in order: the order of their hashes differs between processes."""
    if isinstance(val, set | frozenset):
        return "{" + ",".join(sorted(map(str, val))) + "}"
    return None
