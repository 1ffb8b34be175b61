# file: pool.py
import threading


class Pool:
    def __init__(self):
        self.waiting = {}
        self.known = dict()

    def enter(self, host):
        self.waiting.setdefault(host, [])
        self.waiting[host].append(1)

    def leave(self, host):
        # Gone already?
        self.known.pop(host, None)

    def work(self, host):
        self.enter(host)
        self.leave(host)

    def warm_up(self, hosts):
        for host in hosts:
            threading.Thread(target=self.work, args=(host,)).start()
