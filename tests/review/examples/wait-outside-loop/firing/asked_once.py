# file: service/box.py
import threading


class Box:
    def __init__(self):
        self.lock = threading.Lock()
        self.filled = threading.Condition(self.lock)
        self.item = None

    def take(self):
        with self.filled:
            if self.item is None:
                self.filled.wait()  # here
            return self.item
