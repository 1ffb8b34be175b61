"""Two timers that fire at one moment, and add to one total.

Source: Python-native.

    first timer        second timer
    load total 0
                       load total 0
                       store total 1
    store total 1
                                        total == 1, not 2
"""

import threading


class Statistics:
    def __init__(self):
        self.total = 0

    def count(self):
        self.total += 1


def test_every_tick_is_counted():
    statistics = Statistics()
    timers = [threading.Timer(0.5, statistics.count) for _ in range(2)]
    for timer in timers:
        timer.start()
    for timer in timers:
        timer.join()
    assert statistics.total == 2
