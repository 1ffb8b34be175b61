# file: service/memory.py
class remembered:
    def __init__(self, function):
        self.function = function
        self.results = {}

    def __call__(self, *key):
        if key not in self.results:  # here
            self.results[key] = self.function(*key)
        return self.results[key]


@remembered
def connection(host, port):
    return object()
