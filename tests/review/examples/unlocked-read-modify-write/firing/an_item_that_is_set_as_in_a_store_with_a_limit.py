# The shape of a mapping that counts the weight of what it holds.
import threading


class Store:
    def __init__(self):
        self.kept = {}
        self.weight = 0

    def __setitem__(self, key, value):
        def put():
            self.kept[key] = value
            self.weight += value  # here

        put()


def test_weight():
    store = Store()

    def write(key):
        store[key] = 3

    threads = [threading.Thread(target=write, args=(key,)) for key in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.weight == 6
