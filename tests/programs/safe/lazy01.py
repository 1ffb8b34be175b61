"""Two writers and a reader under one lock; the reader has ended before the second writer starts.

Safe: `join` puts the check before the second addition, so at most 1 can have been added by
then.
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
    threads[0].start()
    threads[1].start()
    threads[0].join()
    threads[2].start()
    for thread in threads[1:]:
        thread.join()
