# file: service/memory.py
import threading


class remembered:
    def __init__(self, function):
        self.function = function
        self.results = {}
        self.lock = threading.Lock()

    def __call__(self, *key):
        with self.lock:
            if key not in self.results:
                self.results[key] = self.function(*key)
            return self.results[key]


@remembered
def connection(host, port):
    return object()
