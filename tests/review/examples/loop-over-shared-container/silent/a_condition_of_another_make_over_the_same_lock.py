# file: service/pool.py
import threading

from service.compatibility import make_condition


class Pool:
    def __init__(self):
        self.lock = threading.Lock()
        self.filled = make_condition(self.lock)
        self.idle = set()

    def put(self, connection):
        with self.lock:
            self.idle.add(connection)

    def closed(self):
        with self.filled:
            return [each for each in self.idle if each.closed]
