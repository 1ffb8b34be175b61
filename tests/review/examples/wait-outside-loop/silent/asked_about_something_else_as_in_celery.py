# file: timers.py
import threading


class Timer:
    def __init__(self):
        self.mutex = threading.Lock()
        self.not_empty = threading.Condition(self.mutex)

    def run(self, delay, entry):
        with self.not_empty:
            if delay is None:
                self.not_empty.wait(1.0)
        return entry
