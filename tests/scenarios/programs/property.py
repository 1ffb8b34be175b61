"""A property: its getter is what is meant."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = 5
PASSED = ["main", "reader"]


class Meter:
    def __init__(self):
        self._level = 0

    @property
    def level(self):
        return self._level

    @level.setter
    def level(self, value):
        self._level = value

    def read(self):
        self.seen = self.level


def points():
    return (after(Meter.level.fset), before(Meter.level))


def run():
    meter = Meter()
    reader = threading.Thread(target=meter.read, name="reader")
    reader.start()
    meter.level = 5
    reader.join()
    return meter.seen
