# file: service/headers.py
class Store:
    def __init__(self):
        self.values = {}

    def get(self, key):
        return self.values.get(key)

    def set(self, key, value):
        self.values[key] = value


kept = Store()


def header(name, compute):
    found = kept.get(name)
    if found is None:
        found = compute(name)
        kept.set(name, found)
    return found


def option(settings, cache, name):
    found = cache.get(name)
    if found is None:
        found = settings.load(name)
        cache.set(name, found)
    return found
