# file: service.py
import threading


class Service:
    def __init__(self):
        self.ticks = 0
        self.thread = None

    def start(self):
        self.ticks = 0
        self.thread = threading.Thread(target=self._loop)
        self.thread.start()

    def _loop(self):
        while True:
            self.ticks += 1

    def report(self):
        return self.ticks
