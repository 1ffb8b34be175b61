# file: service/queue.py
import threading


class Queue:
    def __init__(self):
        self.lock = threading.Lock()
        self._items = []

    def put(self, item):
        with self.lock:
            self._add(item)

    def put_two(self, one, two):
        with self.lock:
            self._add(one)
            self._add(two)

    def _add(self, item):
        self._items.append(item)

    def take_all(self):
        with self.lock:
            items = self._items
            self._items = []
            return items

    def drop_locked(self, item):
        self._items.remove(item)
