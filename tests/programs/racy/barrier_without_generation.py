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


def load(loaded, part):
    loaded.append(part)


def test_each_part_is_loaded_before_it_is_used():
    barrier = Barrier(2)
    loaded, used = [], []

    def use_both_parts():
        for part in range(2):
            barrier.wait()
            used.append(loaded[part])

    user = threading.Thread(target=use_both_parts)
    user.start()
    for part in range(2):
        loader = threading.Thread(target=load, args=(loaded, part))
        loader.start()
        loader.join()
        barrier.wait()
    user.join()
    assert used == [0, 1]
