# file: service/registry.py
import threading


class Registry:
    def __init__(self):
        self.clients = set()
        self.lock = threading.Lock()
        threading.Thread(target=self._watch, daemon=True).start()

    def add(self, client):
        with self.lock:
            self.clients.add(client)

    def _watch(self):
        with self.lock:
            for client in self.clients:
                client.ping()
