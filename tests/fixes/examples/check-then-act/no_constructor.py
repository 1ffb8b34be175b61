# file: pool.py
import threading


class Pool:
    connections = {}

    def connect(self, host):
        if host not in self.connections:
            self.connections[host] = connection(host)
        return self.connections[host]

    def warm_up(self, hosts):
        for host in hosts:
            threading.Thread(target=self.connect, args=(host,)).start()


def connection(host):
    return object()
