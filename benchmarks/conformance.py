"""CPython's own suites under control: how many tests pass, and which do not, by name.

    python benchmarks/conformance.py [--schedules 20]

Run it with the Python that is to be measured, in an environment with Racewright. Suites that its
installation lacks are left out. Prints the table of ``docs/reference/conformance.md``; the exit
status is 1 if a test that is not excluded there, by name and with its reason, did anything else
than pass (a test without concurrency passes and is counted as inconclusive).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import subprocess
import sys
import tempfile
from typing import Any

SUITES = (
    "test.test_sched",
    "test.test_threading_local",
    "test.test_thread",
    *(
        f"test.test_threading.{name}"
        for name in (
            "LockTests",
            "PyRLockTests",
            "CRLockTests",
            "ConditionAsRLockTests",
            "EventTests",
            "ConditionTests",
            "SemaphoreTests",
            "BoundedSemaphoreTests",
            "BarrierTests",
            "TimerTests",
            "ThreadTests",
        )
    ),
    "test.test_queue",
    # A package from 3.12 on, and one module before.
    *(
        ".".join(filter(None, ("test.test_concurrent_futures", module, name)))
        for each in (
            "test_thread_pool.ThreadPoolExecutorTest",
            "test_wait.ThreadPoolWaitTests",
            "test_as_completed.ThreadPoolAsCompletedTest",
            "test_shutdown.ThreadPoolShutdownTest",
            "test_init.ThreadPoolInitializerTest",
            "test_future.FutureTests",
        )
        for module, _, name in (each.partition("."), ("", "", each.partition(".")[2]))
    ),
)
#: The tests of docs/reference/conformance.md's lists.
EXCLUDED = frozenset(
    {
        "ThreadTests.test_PyThreadState_SetAsyncExc",
        "ThreadTests.test_disallow_instantiation",
        "ThreadTests.test_tstate_lock",
        "ThreadTests.test_shutdown_locks",
        "ThreadTests.test_gettrace_all_threads",
        "ThreadTests.test_getprofile_all_threads",
        "TestForkInThread.test_forkinthread",
        "ThreadPoolExecutorTest.test_hang_global_shutdown_lock",
        "ThreadPoolExecutorTest.test_free_reference",
        "ThreadPoolExecutorTest.test_idle_thread_reuse",
        "ThreadPoolShutdownTest.test_cancel_futures",
    }
)
#: What needs more than the default step limit.
PATIENT = "test_many_threads_nonblock"


def explored(target: str, schedules: int, *more: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "racewright", "explore", "--runner", "unittest", target]
    command += ["--schedules", str(schedules), "--format", "json", "--no-corpus", *more]
    with tempfile.TemporaryDirectory() as folder:
        finished = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    try:
        report = json.loads(finished.stdout)
    except ValueError:
        sys.exit(f"{target}: exit status {finished.returncode}\n{finished.stderr}")
    results: list[dict[str, Any]] = report.get("targets", [report])
    return results


def is_there(suite: str) -> bool:
    """Whether this Python's installation has the suite's module."""
    parts = suite.split(".")
    is_class = parts[-1][0].isupper()
    try:
        spec = importlib.util.find_spec(".".join(parts[:-1] if is_class else parts))
    except ImportError:
        return False
    is_package = spec is not None and spec.submodule_search_locations is not None
    return spec is not None and not (is_class and is_package)


def measured(suite: str, schedules: int) -> tuple[dict[str, int], list[str]]:
    """How many tests had each outcome, and what was unexpected, in words."""
    counts = dict.fromkeys(("passed", "inconclusive", "excluded"), 0)
    unexpected = []
    for result in explored(suite, schedules):
        if result["outcome"] not in counts and PATIENT in result["target"]:
            (result,) = explored(result["target"], schedules, "--max-steps", "2000000")
        name = ".".join(result["target"].rsplit(".", 2)[1:])
        if result["outcome"] in counts and result["outcome"] != "excluded":
            counts[result["outcome"]] += 1
        elif name in EXCLUDED:
            counts["excluded"] += 1
        else:
            failures = [failure["message"] for failure in result["failures"]]
            unexpected.append(f"{result['target']}: {result['outcome']} {failures}")
    return counts, unexpected


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--schedules", type=int, default=20)
    parser.add_argument("--only", default="", help="suites with this in the name")
    options = parser.parse_args()
    everything: list[str] = []
    print("| suite | tests | passed | inconclusive | excluded |")
    print("|---|---|---|---|---|")
    for suite in SUITES:
        if options.only in suite and is_there(suite):
            counts, unexpected = measured(suite, options.schedules)
            everything += unexpected
            tests = sum(counts.values()) + len(unexpected)
            row = " | ".join(map(str, (tests, *counts.values())))
            print(f"| `{suite}` | {row} |", flush=True)
    print(f"\nPython {platform.python_version()}, {options.schedules} schedules a test.")
    for each in everything:
        print(f"unexpected: {each}")
    return 1 if everything else 0


if __name__ == "__main__":
    sys.exit(main())
