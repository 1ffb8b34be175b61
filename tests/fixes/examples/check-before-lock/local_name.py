# file: service.py
import threading


class Service:
    def __init__(self):
        self._lock = threading.Lock()
        self._client = None

    def client(self):
        client = self._client
        if client is None:
            with self._lock:
                self._client = client = object()
        return client
