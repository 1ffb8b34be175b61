"""A hand-made barrier, used twice, has no way to tell its first use from its second.

Source: PARSEC's streamcluster, SCTBench parsec/streamcluster. The one who completes the barrier
resets the count, but who waits looks at the count only when it wakes, and by then the fast one
is in again.

    fast                           slow
                                   arrives, 1 of 2, waits
    arrives, 2 of 2: count = 0
    and wakes the slow one
    arrives again: count = 1, waits
                                   wakes, count is 1, not 0: waits
"""

import queue
import threading


class Barrier:
    def __init__(self, parties):
        self.parties = parties
        self.arrived = 0
        self.changed = threading.Condition()

    def wait(self):
        with self.changed:
            self.arrived += 1
            if self.arrived == self.parties:
                self.arrived = 0
                self.changed.notify_all()
            else:
                while self.arrived != 0:
                    self.changed.wait()


def test_both_workers_pass_both_rounds():
    barrier = Barrier(2)
    jobs, results = queue.Queue(), queue.Queue()

    def work():
        for _ in range(2):
            job = jobs.get()
            barrier.wait()
            results.put(job)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for job in (1, 2):
        jobs.put(job)
    for job in (3, 4):  # a new job for each that is done
        results.get()
        jobs.put(job)
    for thread in threads:
        thread.join()
    assert results.qsize() == 2
