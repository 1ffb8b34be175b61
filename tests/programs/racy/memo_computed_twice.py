"""Two threads miss the memo and both compute.

Source: Python-native; `functools.cached_property` from Python 3.12 on does this.

    one                        two
    4 in memo? no
                               4 in memo? no
                               computes, stores
    computes again
"""

import threading


class Squares:
    def __init__(self):
        self.memo = {}
        self.computed = []

    def square(self, number):
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
