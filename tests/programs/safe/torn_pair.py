"""Two attributes are swapped and read under one lock.

Safe: the reader is excluded while one attribute is changed and the other is not.
"""

import threading


class Hands:
    def __init__(self):
        self.lock = threading.Lock()
        self.left, self.right = "a", "b"

    def swap(self):
        with self.lock:
            self.left, self.right = self.right, self.left

    def look(self):
        with self.lock:
            return {self.left, self.right}


def test_nothing_is_in_both_hands():
    hands = Hands()
    swapping = threading.Thread(target=hands.swap)
    swapping.start()
    seen = hands.look()
    swapping.join()
    assert seen == {"a", "b"}
