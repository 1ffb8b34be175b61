"""Two timers that fire at one moment, and add to one total under a lock.

Each addition is one critical section, so whichever comes second reads what the first has stored.
"""

import threading


class Statistics:
    def __init__(self):
        self.lock = threading.Lock()
        self.total = 0

    def count(self):
        with self.lock:
            self.total += 1


def test_every_tick_is_counted():
    statistics = Statistics()
    timers = [threading.Timer(0.5, statistics.count) for _ in range(2)]
    for timer in timers:
        timer.start()
    for timer in timers:
        timer.join()
    assert statistics.total == 2
