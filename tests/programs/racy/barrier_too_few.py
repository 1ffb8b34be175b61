"""A worker that finds the job cancelled leaves; the other waits for it at the barrier.

Source: Python-native. The barrier counts on two parties, one of which may never come.

    one                       two                      main
    cancelled? no
    barrier.wait()
                                                       cancelled = True
                              cancelled? yes: leaves
    waits for ever
"""

import threading


class Job:
    def __init__(self):
        self.barrier = threading.Barrier(2)
        self.cancelled = False

    def work(self):
        if self.cancelled:
            return
        self.barrier.wait()


def test_workers_end_when_cancelled():
    job = Job()
    threads = [threading.Thread(target=job.work) for _ in range(2)]
    for thread in threads:
        thread.start()
    job.cancelled = True
    for thread in threads:
        thread.join()
    assert job.barrier.n_waiting == 0
