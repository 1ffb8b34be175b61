# file: backend.py
import threading


class Consumer:
    def __init__(self):
        self.lock = threading.Lock()
        self.read = threading.Condition(self.lock)
        self.is_reading = False

    def drain(self, source, timeout):
        with self.read:
            if self.is_reading:
                self.read.wait(timeout)
                return
            self.is_reading = True
        source.read()
        with self.read:
            self.is_reading = False
            self.read.notify_all()

    def next_entry(self, delay):
        with self.read:
            if delay is None:
                self.read.wait(1.0)
            return delay
