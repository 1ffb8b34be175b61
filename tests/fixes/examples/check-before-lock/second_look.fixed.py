# file: service.py
import threading


class Service:
    def __init__(self):
        self._lock = threading.Lock()
        self._client = None
        self.clients = {}

    def client(self):
        if self._client is None:
            with self._lock:  # one only
                if self._client is None:
                    # The first one makes it.
                    self._client = object()
        return self._client

    def client_of(self, name):
        if name in self.clients:
            return self.clients[name]
        with self._lock:
            if name in self.clients:
                return self.clients[name]
            self.clients[name] = object()
        return self.clients[name]
