# file: service/queue.py
import threading


class Queue:
    def __init__(self):
        self.filled = threading.Condition()
        self._items = []

    def put(self, item):
        with self.filled:
            self._items.append(item)
            self.filled.notify()

    def take_all(self):
        with self.filled:
            items = self._items
            self._items = []
            return items

    def put_first(self, item):
        self._insert(0, item)

    def _insert(self, place, item):
        self._items.insert(place, item)  # here
