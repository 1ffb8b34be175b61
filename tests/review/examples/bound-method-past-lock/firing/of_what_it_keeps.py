# file: counters.py
import threading


class Counters:
    def __init__(self, table):
        self.table = table
        self.lock = threading.Lock()
        self.setdefault = self.table.setdefault  # here

    def count(self, name):
        with self.lock:
            number = self.table.setdefault(name, 0)
            self.table.update({name: number + 1})
