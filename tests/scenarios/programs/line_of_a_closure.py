"""A line of a function that was made before the scenario began, and is known to its holder
alone."""

import threading

from racewright import after, at

OUTCOME = "happened"
RESULT = ["opened", "entered"]
PASSED = ["main", "visitor"]


def make(log):
    def visit():
        log.append("entered")

    return visit


def open_door(log):
    log.append("opened")


LOG = []
VISIT = make(LOG)


def points():
    return (after(open_door), at("line_of_a_closure.py", 'log.append("entered")'))


def run():
    LOG.clear()
    visitor = threading.Thread(target=VISIT, name="visitor")
    visitor.start()
    open_door(LOG)
    visitor.join()
    return list(LOG)
