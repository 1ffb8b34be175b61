"""A worker that finds the job cancelled breaks the barrier.

Safe: aborting wakes whoever waits and turns away whoever comes later, both with
BrokenBarrierError.
"""

import threading


class Job:
    def __init__(self):
        self.barrier = threading.Barrier(2)
        self.cancelled = False

    def work(self):
        if self.cancelled:
            self.barrier.abort()
            return
        try:
            self.barrier.wait()
        except threading.BrokenBarrierError:
            pass  # the other one has left


def test_workers_end_when_cancelled():
    job = Job()
    threads = [threading.Thread(target=job.work) for _ in range(2)]
    for thread in threads:
        thread.start()
    job.cancelled = True
    for thread in threads:
        thread.join()
    assert job.barrier.n_waiting == 0
