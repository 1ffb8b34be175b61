# file: service/box.py
import threading


class Box:
    def __init__(self):
        self.filled = threading.Condition()
        self.item = None

    def take(self):
        with self.filled:
            while self.item is None:
                self.filled.wait()
            return self.item
