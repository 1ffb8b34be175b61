"""``sched`` under the virtual clock."""

from __future__ import annotations

import sched
import threading
from collections.abc import Iterator

import pytest

from racewright.interpose import stdlib
from racewright.model.execution import Outcome
from racewright.run import run_once
from racewright.search.programs import CallableProgram
from racewright.settings import Settings
from racewright.strategies.base import Strategy


@pytest.fixture(autouse=True)
def _control() -> Iterator[None]:
    stdlib.install()
    yield
    stdlib.uninstall()


def test_a_scheduler_with_default_arguments_waits_in_virtual_time() -> None:
    # Its default arguments were evaluated when the module was imported, before control.
    def program() -> None:
        scheduler = sched.scheduler()
        scheduler.enter(0.5, 1, lambda: None)
        thread = threading.Thread(target=scheduler.run)
        thread.start()
        thread.join()

    strategy = Strategy()
    strategy.begin()
    execution = run_once(CallableProgram("program", program), strategy, Settings()).execution
    assert execution.outcome is Outcome.PASSED
    assert execution.virtual_seconds == pytest.approx(0.5, abs=0.01)
