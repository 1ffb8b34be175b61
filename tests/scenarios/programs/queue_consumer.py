"""A consumer has taken an item, and the producer has put the next, before the first is handled."""

import queue
import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = [("put", 1), ("put", 2), ("handled", 1), ("handled", 2)]
PASSED = ["producer", "consumer"]


class Shop:
    def __init__(self):
        self.items = queue.Queue()
        self.log = []

    def put(self, item):
        self.log.append(("put", item))
        self.items.put(item)

    def handle(self, item):
        self.log.append(("handled", item))

    def produce(self):
        for item in (1, 2, None):
            if item is not None:
                self.put(item)
            else:
                self.items.put(item)

    def consume(self):
        while (item := self.items.get()) is not None:
            self.handle(item)


def points():
    return (after(Shop.put, where=lambda item: item == 2), before(Shop.handle))


def run():
    shop = Shop()
    threads = [
        threading.Thread(target=shop.consume, name="consumer"),
        threading.Thread(target=shop.produce, name="producer"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return shop.log
