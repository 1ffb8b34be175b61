"""Two points at one function: the first call is the one, the second call the other."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = ["in", "between", "in"]
PASSED = ["worker", "main", "main", "worker"]


class Door:
    def __init__(self):
        self.log = []

    def enter(self):
        self.log.append("in")

    def twice(self):
        self.enter()
        self.enter()

    def between(self):
        self.log.append("between")


def points():
    return (
        after(Door.enter),
        before(Door.between),
        after(Door.between),
        before(Door.enter, nth=2),
    )


def run():
    door = Door()
    worker = threading.Thread(target=door.twice, name="worker")
    worker.start()
    door.between()
    worker.join()
    return door.log
