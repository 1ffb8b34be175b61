"""Lines are taken under a lock, dropped under it, and added without it."""

import threading


class Buffer:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = []
        self.dropped = 0

    def add(self, line):
        self.lines.append(line)

    def take(self):
        with self.lock:
            taken = list(self.lines)
            self.lines = []
            return taken

    def drop(self):
        with self.lock:
            self.dropped += len(self.lines)
            self.lines = []

    def start(self):
        taken = []
        threads = [
            threading.Thread(target=self.add, args=("one",)),
            threading.Thread(target=lambda: taken.extend(self.take())),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return taken
