"""Runs a test of unittest once, under control and under one random schedule.

    python under_control.py test_order.Order SEED

It is put into the environment beside the test. The test is imported under control, too, so that the
locks that Nova makes then are controlled.
"""

import sys
import time
import unittest
from pathlib import Path

from racewright import controlled


def main(name: str, seed: int) -> int:
    # Only what lies beside this file is instrumented: of Nova, the synchronisation is enough.
    # Importing takes long, and is no stall.
    @controlled(strategy="random", seed=seed, root=str(Path(__file__).parent), stall=60)
    def run() -> bool:
        from testtools.run import TestToolsTestRunner

        tests = unittest.defaultTestLoader.loadTestsFromName(name)
        return TestToolsTestRunner(stdout=sys.stdout).run(tests).wasSuccessful()

    began, worked = time.monotonic(), time.process_time()
    has_passed = run()
    seconds, work = time.monotonic() - began, time.process_time() - worked
    print(f"under control: {seconds:.1f} s, of which {work:.1f} s work")
    return 0 if has_passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
