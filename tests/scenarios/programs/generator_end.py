"""After a generator function: when its body is over, not when its first item is there."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = [1, 2, "other"]
PASSED = ["reader", "other"]


class Source:
    def __init__(self):
        self.log = []

    def items(self):
        yield 1
        yield 2

    def read(self):
        self.log.extend(self.items())

    def other(self):
        self.log.append("other")


def points():
    return (after(Source.items), before(Source.other))


def run():
    source = Source()
    threads = [
        threading.Thread(target=source.other, name="other"),
        threading.Thread(target=source.read, name="reader"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return source.log
