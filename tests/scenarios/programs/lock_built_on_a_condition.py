"""A lock made of a Condition has no owner: who is held inside is suspected to hold it."""

import contextlib
import threading

from racewright import after, before

OUTCOME = "impossible"
RESULT = ["periodic", "evacuation"]
NEXT = 3
HELD = ["periodic"]
SUSPECT = ("evacuation", "periodic")


class FairLock:
    def __init__(self):
        self.condition = threading.Condition()
        self.is_taken = False

    @contextlib.contextmanager
    def taken(self):
        with self.condition:
            while self.is_taken:
                self.condition.wait()
            self.is_taken = True
        try:
            yield
        finally:
            with self.condition:
                self.is_taken = False
                self.condition.notify_all()


class Tracker:
    def __init__(self):
        self.lock = FairLock()
        self.log = []

    def read(self):
        pass

    def free(self):
        self.log.append("periodic")

    def update(self):
        with self.lock.taken():
            self.read()
            self.free()

    def finish(self):
        with self.lock.taken():
            self.log.append("evacuation")


def points():
    return (
        after(Tracker.read),
        before(Tracker.finish),
        after(Tracker.finish),
        before(Tracker.free),
    )


def run():
    tracker = Tracker()
    threads = [
        threading.Thread(target=tracker.update, name="periodic"),
        threading.Thread(target=tracker.finish, name="evacuation"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tracker.log
