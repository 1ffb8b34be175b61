"""What must hold after every test: the interpreter is as it was before."""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from racewright.kernel.scheduler import STATE


def interpreter() -> dict[str, object]:
    return {
        "run under way": STATE.kernel,
        "Lock": threading.Lock,
        "Thread.start": threading.Thread.start,
        "excepthook": threading.excepthook,
        "finders": [type(finder).__name__ for finder in sys.meta_path],
        "collects": gc.isenabled(),
        "alarm": signal.getsignal(signal.SIGALRM),
        "directory": os.getcwd(),
        "entropy": os.urandom,
        "randomness": random.getstate,
        "sleep": time.sleep,
    }


@pytest.fixture(autouse=True)
def _interpreter_is_as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    before = interpreter()
    yield
    assert interpreter() == before, f"{request.node.nodeid} left something behind"
