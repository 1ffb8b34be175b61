# file: box.py
import threading


class Box:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = []

    def take(self):
        with self.filled:
            if not self.items:
                self.filled.wait(5)
                self.waited = True
            return self.items.pop()
