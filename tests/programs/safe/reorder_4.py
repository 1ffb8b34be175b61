"""3 setters replace one tuple; a checker takes it in one read.

Safe: the pair is a single immutable value that is published by a single store and read by a
single load, which cannot be torn.
"""

import threading

SETTERS = 3


class Pair:
    def __init__(self):
        self.pair = (0, 0)

    def set(self):
        self.pair = (1, -1)

    def check(self):
        assert self.pair in {(0, 0), (1, -1)}


def test_pair_is_never_seen_half_set():
    pair = Pair()
    threads = [threading.Thread(target=pair.set) for _ in range(SETTERS)]
    threads.append(threading.Thread(target=pair.check))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
