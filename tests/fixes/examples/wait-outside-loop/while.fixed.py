# file: box.py
import threading


class Box:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = []

    def take(self):
        with self.filled:
            # Nothing there yet?
            while not self.items:  # then wait
                self.filled.wait()
            return self.items.pop()
