"""A stack that asks the items themselves whether there are any.

Safe: the test and the pop are one critical section and look at the same list.
"""

import threading

ROUNDS = 2


class Stack:
    def __init__(self):
        self.lock = threading.Lock()
        self.items = []

    def push_all(self):
        for item in range(ROUNDS):
            with self.lock:
                self.items.append(item)

    def pop_all(self):
        for _ in range(ROUNDS):
            with self.lock:
                if self.items:
                    self.items.pop()


def test_pop_never_meets_an_empty_stack():
    stack = Stack()
    threads = [threading.Thread(target=stack.push_all), threading.Thread(target=stack.pop_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
