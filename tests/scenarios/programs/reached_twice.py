"""A task comes to its point a second time: the point has happened, and it goes on freely."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = ["opened", "worker", "worker", "worker"]
PASSED = ["main", "worker"]


class Door:
    def __init__(self):
        self.log = []

    def open(self):
        self.log.append("opened")

    def enter(self):
        self.log.append(threading.current_thread().name)

    def visit(self):
        for _ in range(3):
            self.enter()


def points():
    return (after(Door.open), before(Door.enter))


def run():
    door = Door()
    worker = threading.Thread(target=door.visit, name="worker")
    worker.start()
    door.open()
    worker.join()
    return door.log
