"""Two threads take from a list of one.

Source: Python-native.

    one                      two
    len(items) 1
                             len(items) 1
                             pop
    pop: IndexError
"""

import threading


class Stack:
    def __init__(self, items):
        self.items = items

    def take(self):
        if len(self.items) > 0:
            return self.items.pop()
        return None


def test_one_of_two_gets_the_item():
    stack = Stack(["item"])
    taken = []
    threads = [threading.Thread(target=lambda: taken.append(stack.take())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=str) == [None, "item"]
