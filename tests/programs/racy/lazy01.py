"""Two writers and a reader under one lock; the reader must not come last.

Source: SCTBench CS/lazy01_bad. Every access is locked; the order is what nobody arranged.

    one            two            check
    data 0 -> 1
                   data 1 -> 3
                                  data < 3? no
"""

import threading


class Level:
    def __init__(self):
        self.lock = threading.Lock()
        self.data = 0

    def add(self, amount):
        with self.lock:
            self.data += amount

    def check(self):
        with self.lock:
            assert self.data < 3


def test_level_is_below_three_when_checked():
    level = Level()
    threads = [
        threading.Thread(target=level.check),
        threading.Thread(target=level.add, args=(1,)),
        threading.Thread(target=level.add, args=(2,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
