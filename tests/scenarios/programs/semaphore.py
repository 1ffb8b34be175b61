"""Held while it owns the only permit of a semaphore that another needs."""

import threading

from racewright import after, before

OUTCOME = "impossible"
RESULT = ["first", "second"]
NEXT = 1
HELD = ["first"]
SUSPECT = ("second", "first")


class Gate:
    def __init__(self):
        self.permits = threading.Semaphore(1)
        self.is_taken = threading.Event()
        self.log = []

    def note(self):
        self.log.append(threading.current_thread().name)

    def enter(self):
        with self.permits:
            self.is_taken.set()
            self.note()


def points():
    return (after(Gate.note, task="second"), before(Gate.note, task="first"))


def run():
    gate = Gate()
    threads = [threading.Thread(target=gate.enter, name=name) for name in ("first", "second")]
    threads[0].start()
    gate.is_taken.wait()
    threads[1].start()
    for thread in threads:
        thread.join()
    return gate.log
