"""Nobody ever comes to the point, and nobody is held for it: that is no proof of anything."""

import threading

from racewright import before

OUTCOME = "not reached"
RESULT = ["stepped"]
NEXT = 1
HELD = []


def step(log):
    log.append("stepped")


def never():
    raise AssertionError("nobody calls this")


def points():
    return (before(never), before(step, task="nobody"))


def run():
    log = []
    thread = threading.Thread(target=step, args=(log,), name="worker")
    thread.start()
    thread.join()
    return log
