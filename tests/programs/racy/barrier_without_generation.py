"""A hand-made barrier, used twice, has no way to tell its first use from its second.

Source: PARSEC's streamcluster, SCTBench parsec/streamcluster. The one who completes the barrier
opens the gate and then resets it for the next use; meanwhile the other may be in the next use
already, or not yet at the gate.

    one                            two
    arrives, 1 of 2, waits
                                   arrives, 2 of 2: opens the gate
    passes, arrives again: 3 of 2,
    the gate is open: passes
                                   arrived = 0, closes the gate
                                   arrives again, 1 of 2: waits for ever
"""

import threading


class Barrier:
    def __init__(self, parties):
        self.lock = threading.Lock()
        self.parties = parties
        self.arrived = 0
        self.gate = threading.Event()

    def wait(self):
        with self.lock:
            self.arrived += 1
            is_last = self.arrived == self.parties
        if is_last:
            self.gate.set()
            self.arrived = 0
            self.gate.clear()
        else:
            self.gate.wait()


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
