# file: service/inbox.py
import threading


class Inbox:
    def __init__(self):
        self.lock = threading.Lock()
        self.filled = threading.Condition(self.lock)
        self.items = []

    def tell(self):
        self.filled.notify()

    def put(self, item):
        with self.lock:
            self.items.append(item)
            self.tell()

    def put_two(self, one, two):
        self.filled.acquire()
        self.items += [one, two]
        self.filled.notify_all()
        self.filled.release()

    def _wake_locked(self):
        self.filled.notify()
