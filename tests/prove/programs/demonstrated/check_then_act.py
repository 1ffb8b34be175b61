"""One connection for each host, made when it is first wanted."""

import threading


class Pool:
    def __init__(self):
        self.connections = {}
        self.given = []

    def connect(self, host):
        if host not in self.connections:
            self.connections[host] = object()
        self.given.append(self.connections[host])

    def warm_up(self, hosts):
        threads = [threading.Thread(target=self.connect, args=(host,)) for host in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
