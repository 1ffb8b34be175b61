# file: service/registry.py
import threading


class Registry:
    def __init__(self):
        self.clients = {}
        threading.Thread(target=self._watch, daemon=True).start()

    def add(self, name, client):
        self.clients[name] = client

    def _watch(self):
        for client in list(self.clients.values()):
            client.ping()
        for client in self.clients.copy().values():
            client.ping()
        for name in sorted(self.clients):
            print(name)
