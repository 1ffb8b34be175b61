"""A stack with a flag that is set by the first push and never cleared.

Source: SCTBench CS/stack_bad, with two rounds instead of ten.

    push                 pop
    stack [0], filled
                         filled: pops 0
                         filled: IndexError: pop from empty list
    stack [1]
"""

import threading

ROUNDS = 2


class Stack:
    def __init__(self):
        self.lock = threading.Lock()
        self.items = []
        self.is_filled = False

    def push_all(self):
        for item in range(ROUNDS):
            with self.lock:
                self.items.append(item)
                self.is_filled = True

    def pop_all(self):
        for _ in range(ROUNDS):
            with self.lock:
                if self.is_filled:
                    self.items.pop()


def test_pop_never_meets_an_empty_stack():
    stack = Stack()
    threads = [threading.Thread(target=stack.push_all), threading.Thread(target=stack.pop_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
