# file: registry.py
import threading


class Registry:
    def __init__(self):
        self.clients = {}
        threading.Thread(target=self._watch, daemon=True).start()

    def add(self, name, client):
        self.clients[name] = client

    def _watch(self):
        while True:
            for client in self.clients.values():  # all of them
                client.ping()
            print([name for name in self.clients if name])
