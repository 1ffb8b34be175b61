# file: service/window.py
import threading
import time


class Entry(threading._RLock):
    def __init__(self, seconds):
        self.time = time.time()
        super().__init__()


class Window:
    def __init__(self):
        self.entries = {}

    def enter(self, key, limit, seconds):
        self.entries.setdefault(key, [])
        try:
            oldest = self.entries[key][limit - 1]  # here
        except IndexError:
            oldest = None
        if oldest and oldest.time >= time.time() - seconds:
            return False
        else:
            self.entries[key][:0] = [Entry(seconds)]
            return True
