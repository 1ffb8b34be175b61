"""The point is before the body of a generator function: making the generator is not yet it."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = (["noted", 1, 2], "the end")
PASSED = ["main", "reader"]


class Source:
    def __init__(self):
        self.log = []

    def items(self):
        yield 1
        yield 2
        return "the end"

    def note(self):
        self.log.append("noted")

    def read(self):
        items = self.items()
        while True:
            try:
                self.log.append(next(items))
            except StopIteration as end:
                self.end = end.value
                return


def points():
    return (after(Source.note), before(Source.items))


def run():
    source = Source()
    reader = threading.Thread(target=source.read, name="reader")
    reader.start()
    source.note()
    reader.join()
    return source.log, source.end
