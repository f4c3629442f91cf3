"""How the demo is told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from demo.ending import SIGNALS, Ending
from demo.problem import Interrupted


@pytest.fixture
def ending() -> Iterator[Ending]:
    """One that listens; the signals are given back."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    ending = Ending()
    ending.listen()
    yield ending
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_raises_a_flag_and_nothing_else(ending: Ending, number: int) -> None:
    ending.check()
    os.kill(os.getpid(), number)
    assert ending.asked
    with pytest.raises(Interrupted):
        ending.check()


def test_a_step_that_can_be_left_is_left_at_once(ending: Ending) -> None:
    def step() -> None:
        with ending.leaving_at_once():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(30)

    with pytest.raises(Interrupted):
        step()
    os.kill(os.getpid(), signal.SIGINT)  # outside again, it is only a flag


def test_what_a_deaf_step_starts_does_not_hear_ctrl_c(ending: Ending) -> None:
    with ending.deaf(), subprocess.Popen(["sleep", "60"]) as child:
        child.send_signal(signal.SIGINT)
        child.terminate()
        assert child.wait(30) == -signal.SIGTERM
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_waiting_ends_when_the_end_is_asked_for(ending: Ending) -> None:
    timer = threading.Timer(0.05, ending.ask)
    timer.start()
    assert ending.wait(30)
    timer.join()


def test_the_clock_ends_it_too(ending: Ending) -> None:
    ending.after(0.05)
    assert not ending.wait(0.001)
    assert ending.wait(30)
