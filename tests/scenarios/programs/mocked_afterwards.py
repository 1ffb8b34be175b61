"""A mock is put on top within the scenario, and calls the function: that is an arrival."""

import threading
from unittest import mock

from racewright import after, before

OUTCOME = "happened"
RESULT = (["opened", "entered"], 1, True)
PASSED = ["main", "visitor"]


class Door:
    def __init__(self):
        self.log = []

    def open(self):
        self.log.append("opened")

    def enter(self):
        self.log.append("entered")

    def visit(self):
        self.enter()


ORIGINAL = Door.enter


def points():
    return (after(Door.open), before(Door.enter))


def run():
    door = Door()
    original = Door.enter
    with mock.patch.object(Door, "enter", autospec=True, side_effect=original) as mocked:
        visitor = threading.Thread(target=door.visit, name="visitor")
        visitor.start()
        door.open()
        visitor.join()
    return door.log, mocked.call_count, Door.enter is ORIGINAL
