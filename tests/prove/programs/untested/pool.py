"""What no test reaches; two of it can be shown by a test that is written for it."""

import threading


class Pool:
    def __init__(self, size: int, name="pool"):
        self.connections = {}
        self.size = size
        self.name = name

    def connect(self, host):
        if host not in self.connections:
            self.connections[host] = object()
        return self.connections[host]

    def warm_up(self, hosts):
        for host in hosts:
            threading.Thread(target=self.connect, args=(host,)).start()


accounts = threading.Lock()
journal = threading.Lock()


def transfer():
    with accounts:
        with journal:
            pass


def audit():
    with journal:
        with accounts:
            pass
