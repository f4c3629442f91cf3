"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure: laws are checked for what they say, not for how fast.
settings.register_profile("mailward", deadline=None)
settings.load_profile("mailward")
