"""The look and the act are kept apart by a lock that reading does not find: only one of the
program's tasks at a time is given what it works with.
"""

import queue
import threading

turns = queue.Queue()
turns.put("go")


class Pool:
    def __init__(self):
        self.connections = {}
        self.given = []

    def connect(self, host):
        turn = turns.get()
        if host not in self.connections:
            self.connections[host] = object()
        self.given.append(self.connections[host])
        turns.put(turn)

    def warm_up(self, hosts):
        threads = [threading.Thread(target=self.connect, args=(host,)) for host in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
