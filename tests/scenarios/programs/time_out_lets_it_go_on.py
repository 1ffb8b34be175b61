"""Who waits with a deadline of its own meets it, and goes on: the order is possible after all."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = ["gave up", "entered"]
PASSED = ["impatient", "holder"]


class Door:
    def __init__(self):
        self.lock = threading.Lock()
        self.taken = threading.Event()
        self.log = []

    def give_up(self):
        self.log.append("gave up")

    def enter(self):
        self.log.append("entered")

    def holder(self):
        with self.lock:
            self.taken.set()
            self.enter()

    def impatient(self):
        self.taken.wait()
        if not self.lock.acquire(timeout=0.05):
            self.give_up()


def points():
    return (after(Door.give_up), before(Door.enter))


def run():
    door = Door()
    threads = [
        threading.Thread(target=door.holder, name="holder"),
        threading.Thread(target=door.impatient, name="impatient"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return door.log
