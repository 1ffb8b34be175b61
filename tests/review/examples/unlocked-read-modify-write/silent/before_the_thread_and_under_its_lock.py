import threading


class Hits:
    def __init__(self):
        self.hits = 0
        self.runs = 0
        self.lock = threading.Lock()

    def start(self):
        self.runs += 1
        threading.Thread(target=self._expire).start()

    def _expire(self):
        with self.lock:
            self.hits = 0
        self.runs = 0

    def hit(self):
        with self.lock:
            self.hits += 1
