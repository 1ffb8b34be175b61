"""Dijkstra's philosophers: a fork between each two, and everybody takes the left one first.

If all take the left fork before anyone takes the right one, they starve. The fix is in
`fixed/test_philosophers.py`.
"""

import threading

NAMES = ["Plato", "Kant", "Hume"]


class Philosopher(threading.Thread):
    def __init__(self, name, left, right):
        super().__init__(name=name)
        self.left = left
        self.right = right
        self.has_eaten = False

    def run(self):
        with self.left:
            with self.right:
                self.has_eaten = True


def test_every_philosopher_eats():
    forks = [threading.Lock() for _ in NAMES]
    table = [
        Philosopher(name, left=forks[seat], right=forks[(seat + 1) % len(forks)])
        for seat, name in enumerate(NAMES)
    ]
    for philosopher in table:
        philosopher.start()
    for philosopher in table:
        philosopher.join()
    assert all(philosopher.has_eaten for philosopher in table)
