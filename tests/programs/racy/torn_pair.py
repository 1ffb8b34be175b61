"""Two attributes are swapped under a lock, and read without it.

Source: Python-native. Writers exclude one another; nobody excludes the reader.

    swap                     read
    left = "b"
                             left "b", right "b"
    right = "a"
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
        return {self.left, self.right}


def test_nothing_is_in_both_hands():
    hands = Hands()
    swapping = threading.Thread(target=hands.swap)
    swapping.start()
    seen = hands.look()
    swapping.join()
    assert seen == {"a", "b"}
