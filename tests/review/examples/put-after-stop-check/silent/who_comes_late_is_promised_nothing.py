# file: service/metrics.py
import queue
import threading


class Metrics:
    def __init__(self):
        self._stopped = threading.Event()
        self._values = queue.Queue()

    def count(self, name):
        if self._stopped.is_set():
            return
        self._values.put(name)

    def run(self):
        while not self._stopped.is_set():
            self.send(self._values.get())

    def stop(self):
        self._stopped.set()
