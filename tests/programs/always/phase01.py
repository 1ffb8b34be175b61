"""A thread ends with a lock in its hand; whoever comes second waits for ever.

Source: SCTBench CS/phase01_bad. It fails under every schedule.
"""

import threading


class Phases:
    def __init__(self):
        self.first, self.second = threading.Lock(), threading.Lock()
        self.passed = 0

    def run(self):
        self.first.acquire()
        self.passed += 1  # the release is missing
        with self.second:
            self.passed += 1


def test_both_threads_pass_both_phases():
    phases = Phases()
    threads = [threading.Thread(target=phases.run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert phases.passed == 4
