"""A hand-made barrier that numbers its uses.

Safe: who waits compares generations, and a completed generation never comes back, so however
late it wakes it leaves. Main waits for two results, which come when both have passed once, and
has then put the two jobs of the second round.
"""

import queue
import threading


class Barrier:
    def __init__(self, parties):
        self.parties = parties
        self.arrived = 0
        self.generation = 0
        self.changed = threading.Condition()

    def wait(self):
        with self.changed:
            self.arrived += 1
            generation = self.generation
            if self.arrived == self.parties:
                self.arrived = 0
                self.generation += 1
                self.changed.notify_all()
            else:
                while self.generation == generation:
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
