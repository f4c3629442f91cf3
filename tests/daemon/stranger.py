"""A local user who is nobody: a hosting customer on the same server, with a grudge."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534

_PROGRAM = """\
import json, os, socket, sys
os.chdir({directory!r})
os.setgroups([])
os.setgid({nobody})
os.setuid({nobody})
def talk(name, *pieces):
    heard = b""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(30)
        channel.connect(name)
        for piece in pieces:
            try:
                channel.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                break
        channel.shutdown(socket.SHUT_WR)
        try:
            while data := channel.recv(65536):
                heard += data
        except ConnectionResetError:
            pass
    return heard.decode()
{program}
"""

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")


def as_stranger(directory: Path, program: str) -> str:
    """Run Python as user nobody; returns what it prints.

    Args:
        directory: where its sockets are, by their names alone.
        program: may call ``talk(name, *pieces)``, which sends the pieces and returns the answer.
    """
    text = _PROGRAM.format(directory=str(directory), nobody=NOBODY, program=program)
    done = subprocess.run(
        [sys.executable, "-c", text], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


@contextmanager
def stranger(directory: Path, program: str) -> Iterator[None]:
    """A stranger who stays: the program prints a line when it is ready, and reads one to end."""
    text = _PROGRAM.format(directory=str(directory), nobody=NOBODY, program=program)
    with subprocess.Popen(
        [sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
        process.communicate(b"\n", timeout=60)
