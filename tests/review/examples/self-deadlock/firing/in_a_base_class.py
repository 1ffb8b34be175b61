# file: stores.py
import threading


class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.items = []

    def put(self, item):
        with self.lock:
            self.items.append(item)


class CountedStore(Store):
    def __init__(self):
        super().__init__()
        self.count = 0

    def put(self, item):
        with self.lock:
            self.count += 1
            super().put(item)  # here
