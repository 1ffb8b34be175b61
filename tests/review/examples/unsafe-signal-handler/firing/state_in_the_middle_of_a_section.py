# file: service/meter.py
import signal
import threading


class Meter:
    def __init__(self):
        self.lock = threading.RLock()
        self.total = 0
        signal.signal(signal.SIGUSR2, self.reset)

    def add(self, number):
        with self.lock:
            self.total += number

    def reset(self, number, frame):
        self.total = 0  # here
