"""Two threads add one to an attribute; one addition is lost.

Source: Python-native, the "hello world" of races.

    first              second
    read value 0
                       read value 0
                       write value 1
    write value 1
                                        value == 1, not 2
"""

import threading


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        value = self.value
        self.value = value + 1


def test_two_increments_are_both_kept():
    counter = Counter()
    threads = [threading.Thread(target=counter.increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 2
