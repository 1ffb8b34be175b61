# file: service/listeners.py
import threading


class Listeners:
    def __init__(self):
        self.listeners = []
        self.thread = threading.Thread(target=self._deliver)

    def remove(self, listener):
        self.listeners.remove(listener)

    def _deliver(self):
        for listener in self.listeners:  # here
            listener()
