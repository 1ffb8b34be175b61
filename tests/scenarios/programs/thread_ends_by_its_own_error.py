"""The task that should bring the order on ends with an error before it comes to its point."""

import threading

from racewright import after, before

OUTCOME = "impossible"
RESULT = ["failed", "entered"]
NEXT = 1
HELD = ["visitor"]


class Door:
    def __init__(self):
        self.log = []

    def open(self):
        self.log.append("opened")

    def enter(self):
        self.log.append("entered")

    def porter(self):
        try:
            raise OSError("the key is lost")
        except OSError:
            self.log.append("failed")
            return
        self.open()


def points():
    return (after(Door.open), before(Door.enter))


def run():
    door = Door()
    porter = threading.Thread(target=door.porter, name="porter")
    porter.start()
    porter.join()
    visitor = threading.Thread(target=door.enter, name="visitor")
    visitor.start()
    visitor.join()
    return door.log
