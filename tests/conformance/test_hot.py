"""The functions in C and those in Python mean the same, event for event."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racewright import hot
from racewright.analysis import traces
from tests.support.uncompiled import in_python

TESTS = Path(__file__).parent.parent
#: One of each sort: every primitive, time-outs, deadlocks, exceptions, pools, accesses.
NAMES = (
    "ab_ba_deadlock",
    "barrier_too_few",
    "executor_shared_state",
    "exists_then_mkdir",
    "lost_update",
    "notify_before_wait",
    "pool_map_accumulator",
    "semaphore_deadlock",
    "timed_queue_get",
    "timer_lost_update",
)

compiled = pytest.mark.skipif(hot.module is None, reason="nothing was compiled")


def test_the_hot_path_is_compiled_where_there_is_a_compiler() -> None:
    headers = Path(sysconfig.get_path("include"), "Python.h")
    could = shutil.which("cc") is not None and headers.exists()
    for module in (hot.module, hot.fresh):
        assert (module is not None) == (could and os.environ.get("RACEWRIGHT_PURE") != "1")


@compiled
def test_a_build_of_another_version_of_the_source_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert hot._load("_hot") is hot.module
    assert hot._load("_fresh") is hot.fresh
    stale = SimpleNamespace(source="of an earlier version")
    monkeypatch.setattr(importlib, "import_module", lambda name: stale)
    assert hot._load("_hot") is None
    assert hot._load("_fresh") is None


def told(folder: Path, *, is_pure: bool) -> list[dict[str, object]]:
    command = [str(TESTS / "support" / "digest_programs.py"), "15"]
    names = [f"racy/{name}" for name in NAMES]
    environment = {**os.environ, "RACEWRIGHT_PURE": str(int(is_pure)), "PYTHONHASHSEED": "0"}
    finished = subprocess.run(
        [sys.executable, *command, *names],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert finished.returncode == 0, finished.stderr
    return [json.loads(line) for line in finished.stdout.splitlines()]


@compiled
def test_both_make_the_same_decisions_and_the_same_events(tmp_path: Path) -> None:
    folder = tmp_path / "programs"
    shutil.copytree(TESTS / "programs", folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    (first, *fast), (second, *slow) = (told(folder, is_pure=is_pure) for is_pure in (False, True))
    assert (first, second) == ({"is_compiled": True}, {"is_compiled": False})
    assert len(fast) >= 15 * len(NAMES)
    assert fast == slow


traces_in_python = in_python(traces)


@compiled
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["read", "write", "acquire", "peek"]),
            st.sampled_from(["a", "b", (7, ".n")]),
            st.none(),
        ),
        max_size=12,
    ),
    st.data(),
)
@settings(deadline=None)  # a busy machine is no failure
def test_both_tell_the_same_traces_apart(trace: list[traces._Item], data: st.DataObject) -> None:
    other = list(trace)
    if trace:
        # Neighbours exchanged: an equivalent trace where they are independent.
        place = data.draw(st.integers(0, len(trace) - 1))
        other[place : place + 2] = reversed(other[place : place + 2])
    fast, slow = traces.class_of, traces_in_python.class_of
    assert (slow(trace) == slow(other)) == (fast(trace) == fast(other))
