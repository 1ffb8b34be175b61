# file: pool.py
import threading


class Pool:
    def __init__(self):
        self.connections = {}
        self.journal = None

    def connect(self, host):
        # One for each host.
        if host not in self.connections:
            self.connections[host] = connection(host)  # slow
        return self.connections[host]

    def work(self, host):
        self.connect(host)
        if self.journal is None:
            self.journal = open("journal")

    def warm_up(self, hosts):
        for host in hosts:
            threading.Thread(target=self.work, args=(host,)).start()


def connection(host):
    return object()
