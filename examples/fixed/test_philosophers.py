"""Dijkstra's philosophers, who take the fork with the lower number first.

With one order for all forks nobody who holds one waits for someone who waits for him.
"""

import threading

NAMES = ["Plato", "Kant", "Hume"]


class Philosopher(threading.Thread):
    def __init__(self, name, first, second):
        super().__init__(name=name)
        self.first = first
        self.second = second
        self.has_eaten = False

    def run(self):
        with self.first:
            with self.second:
                self.has_eaten = True


def test_every_philosopher_eats():
    forks = [threading.Lock() for _ in NAMES]
    table = []
    for seat, name in enumerate(NAMES):
        lower, higher = sorted((seat, (seat + 1) % len(forks)))
        table.append(Philosopher(name, first=forks[lower], second=forks[higher]))
    for philosopher in table:
        philosopher.start()
    for philosopher in table:
        philosopher.join()
    assert all(philosopher.has_eaten for philosopher in table)
