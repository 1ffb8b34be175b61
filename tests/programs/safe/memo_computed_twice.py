"""Two threads want one square; the first to ask leaves a lock for it, under which it is computed.

Safe: `setdefault` stores or finds in one step, so both use one lock; look-up and computation
are one critical section of it.
"""

import threading


class Squares:
    def __init__(self):
        self.locks = {}
        self.memo = {}
        self.computed = []

    def square(self, number):
        with self.locks.setdefault(number, threading.Lock()):
            if number not in self.memo:
                self.computed.append(number)
                self.memo[number] = number * number
            return self.memo[number]


def test_a_square_is_computed_once():
    squares = Squares()
    threads = [threading.Thread(target=squares.square, args=(4,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert squares.computed == [4]
