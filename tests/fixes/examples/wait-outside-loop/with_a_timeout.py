# file: box.py
import threading


class Box:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = []
        self.closed = True

    def take(self):
        with self.filled:
            if not self.items:
                self.filled.wait(5)
            return self.items.pop()

    def take_when_open(self):
        with self.filled:
            if self.closed or len(self.items) == 0:
                self.filled.wait(timeout=5)
            self.closed = True
            return self.items.pop() if not self.closed else None
