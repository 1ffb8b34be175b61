# file: mailbox.py
import threading


class Mailbox:
    def __init__(self):
        self.lock = threading.Lock()
        self.filled = threading.Condition(self.lock)
        self.items = []

    def size(self):
        with self.lock:
            return len(self.items)

    def put(self, item):
        with self.filled:
            self.items.append(item)
            self.filled.notify()
            return self.size()  # here
