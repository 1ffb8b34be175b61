"""Two threads take from a list of one, and one of them is told that it is empty.

Safe: `pop` finds and removes in one step.
"""

import threading


class Stack:
    def __init__(self, items):
        self.items = items

    def take(self):
        try:
            return self.items.pop()
        except IndexError:
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
