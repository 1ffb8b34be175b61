import threading
from functools import cached_property


class Cache:
    def __init__(self):
        self.kept = {}

    def get(self, key):
        if key not in self.kept:
            self.kept[key] = object()
        return self.kept[key]

    @cached_property
    def first(self):
        return self.get("first")


def test_each_has_its_own():
    threads = []
    for _ in range(2):
        cache = Cache()
        threads.append(threading.Thread(target=lambda cache=cache: print(cache.get("a"))))
    for _ in range(2):
        mine = Cache()

        def work():
            mine.get("b")

        threads.append(threading.Thread(target=work))
    for thread in threads:
        thread.start()
        thread.join()


def test_two_objects():
    left, right = Cache(), Cache()

    def one():
        left.get("c")
        return left.first

    def two():
        right.get("c")
        return right.first

    threads = [threading.Thread(target=one), threading.Thread(target=two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
