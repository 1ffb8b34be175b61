# file: box.py
import threading


class Box:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = []
        self.closed = True

    def take(self):
        with self.filled:
            self.filled.wait_for(lambda: self.items, 5)
            return self.items.pop()

    def take_when_open(self):
        with self.filled:
            self.filled.wait_for(lambda: not (self.closed or len(self.items) == 0), timeout=5)
            self.closed = True
            return self.items.pop() if not self.closed else None
