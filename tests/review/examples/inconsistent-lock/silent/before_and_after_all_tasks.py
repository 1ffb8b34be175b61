# file: service/buffer.py
import threading


class Buffer:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = []
        self.load()

    def _open(self):
        self.lines = []

    def load(self):
        with self.lock:
            if not self.lines:
                self.lines = ["first"]

    def take(self):
        with self.lock:
            lines = self.lines
            self.lines = []
            return lines

    def close(self):
        self.lines = []
