# file: counting.py
import threading


class Counter:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def work(self):
        with self.lock:
            self._add()

    def _add(self):
        self.value += 1

    def start(self):
        for _ in range(4):
            threading.Thread(target=self.work).start()
