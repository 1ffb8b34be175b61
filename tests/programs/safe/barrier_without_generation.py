"""A hand-made barrier that numbers its uses.

Safe: who waits compares generations, and a completed generation never comes back, so however
late it wakes it leaves. Nobody appends 1 before both have arrived, that is, before both have
appended 0.
"""

import threading


class Barrier:
    def __init__(self, parties):
        self.changed = threading.Condition()
        self.parties = parties
        self.arrived = 0
        self.generation = 0

    def wait(self):
        with self.changed:
            generation = self.generation
            self.arrived += 1
            if self.arrived == self.parties:
                self.arrived = 0
                self.generation += 1
                self.changed.notify_all()
            while self.generation == generation:
                self.changed.wait()


def test_both_workers_pass_both_phases():
    barrier = Barrier(2)
    phases = []

    def work():
        for phase in range(2):
            phases.append(phase)
            barrier.wait()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert phases == [0, 0, 1, 1]
