# file: service/buffer.py
import threading


class Buffer:
    def __init__(self):
        self._lock = threading.Lock()
        self._lines = []

    def add(self, line):
        # At the end.
        with self._lock:
            self._lines.append(line)  # one

    def add_all(self, lines):
        with self._lock:
            self._lines.extend(lines)

    def take(self):
        with self._lock:
            lines = self._lines
            self._lines = []
        return lines
