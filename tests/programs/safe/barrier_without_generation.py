"""A hand-made barrier that numbers its uses.

Safe: who waits compares generations, and a completed generation never comes back, so however
late it wakes it leaves. The user passes for the n-th time after main came for the n-th time,
with n parts loaded.
"""

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
