# file: service/journal.py
import threading


class Journal:
    def __init__(self):
        self.count = 0

    def append(self, line):
        self.lock = threading.RLock()
        with self.lock:  # here
            self.count = self.count + len(line)
