"""What no test reaches, and no test can show: a queue keeps the tasks apart."""

import queue
import threading


class Cache:
    def __init__(self):
        self.turns = queue.Queue()
        self.turns.put("go")
        self.kept = {}

    def get(self, key):
        turn = self.turns.get()
        if key not in self.kept:
            self.kept[key] = object()
        found = self.kept[key]
        self.turns.put(turn)
        return found

    def fill(self, keys):
        for key in keys:
            threading.Thread(target=self.get, args=(key,)).start()
