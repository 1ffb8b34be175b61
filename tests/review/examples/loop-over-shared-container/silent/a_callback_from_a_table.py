# file: ssh/transport.py
import threading


class Transport(threading.Thread):
    def __init__(self):
        super().__init__()
        self.channels = {}
        self.handlers = {1: self._closed}

    def run(self):
        self.handlers[1](2)
        for channel in self.channels.values():
            channel.close()

    def _closed(self, number):
        del self.channels[number]
