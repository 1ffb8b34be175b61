# file: service/pools.py
import threading


class Pools:
    def __init__(self, make):
        self.make = make
        self.lock = threading.Lock()
        self.pools = {}

    def pool(self, host):
        pool = self.pools.get(host)
        if pool is None:  # here
            with self.lock:
                pool = self.make(host)
                self.pools[host] = pool
        return pool
