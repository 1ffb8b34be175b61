# file: sessions.py
import threading


class Sessions:
    def __init__(self):
        self._open = {}
        threading.Thread(target=self._expire, daemon=True).start()

    def _expire(self):
        for name in list(self._open):
            self.close(name)

    def close(self, name):
        if name in self._open:  # here
            del self._open[name]

    def start(self):
        for _ in range(3):
            threading.Thread(target=self._expire).start()
