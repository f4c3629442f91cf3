"""Preludes: what a daemon's process runs before the daemon's own code."""

from __future__ import annotations

POWERLESS = """\
import ctypes, os
if os.geteuid() == 0:
    class Header(ctypes.Structure):
        _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]
    class Data(ctypes.Structure):
        _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = Header(0x20080522, 0), (Data * 2)()
    assert libc.capget(ctypes.byref(header), data) == 0
    for one in data:
        one.effective = one.permitted = 0
    assert libc.capset(ctypes.byref(header), data) == 0, os.strerror(ctypes.get_errno())
"""
"""Root drops every capability, so that the bits of files count (capabilities(7))."""

IMPATIENT = """\
from core.daemon import writer
writer.RETRY_SECONDS = 0.2
"""
"""A store that is away is tried again soon."""

TELLING = """\
import atexit, sys
atexit.register(lambda: print("loaded:", *sys.modules, file=sys.stderr))
"""
"""At its end it says which modules it has loaded."""
