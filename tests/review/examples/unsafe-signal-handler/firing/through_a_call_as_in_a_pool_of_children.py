# file: service/arbiter.py
# As a supervisor of children logs their end from its handler, under the lock of its table.
import signal
import threading


class Arbiter:
    def __init__(self):
        self._lock = threading.Lock()
        self.children = {}

    def run(self):
        signal.signal(signal.SIGCHLD, self._on_child)
        while True:
            self.spawn(1)

    def spawn(self, number):
        with self._lock:
            self.children[number] = object()

    def _on_child(self, number, frame):
        self._forget(number)

    def _forget(self, number):
        self._lock.acquire()  # here
        self.children.pop(number, None)
        self._lock.release()
