# file: pool.py
import threading


class Registry:
    def __init__(self):
        self._lock = threading.Lock()
        self.pool = Pool(self)

    def forget(self, name):
        with self._lock:
            pass

    def close(self):
        with self._lock:
            self.pool.drain()


class Pool:
    def __init__(self, registry: Registry):
        self._mutex = threading.Lock()
        self.registry: Registry = registry

    def drain(self):
        with self._mutex:
            pass

    def drop(self, name):
        with self._mutex:
            self.registry.forget(name)  # here
