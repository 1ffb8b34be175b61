# file: service/pool.py
import threading


class Pool:
    def __init__(self):
        self.idle = {}
        threading.Thread(target=self._fill, daemon=True).start()

    def _fill(self):
        self.idle[object()] = 1

    def any(self):
        for connection in self.idle:
            return connection
        return None
