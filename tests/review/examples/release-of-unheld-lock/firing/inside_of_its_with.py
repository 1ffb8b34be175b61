# file: service/queue.py
import threading


class Mailbox:
    def __init__(self):
        self.lock = threading.RLock()
        self.items = []

    def take(self):
        with self.lock:
            if not self.items:
                self.lock.release()  # here
                return None
            return self.items.pop()
