"""Somebody has put a mock in the function's place before the scenario begins, and takes it away."""

import threading
from unittest import mock

from racewright import after, before

OUTCOME = "happened"
RESULT = (["opened", "mocked"], True)
PASSED = ["main", "visitor"]


class Door:
    def __init__(self):
        self.log = []

    def open(self):
        self.log.append("opened")

    def enter(self):
        raise AssertionError("the mock stands in its place")

    def visit(self):
        self.enter()


ORIGINAL = Door.enter


def points():
    return (
        after(Door.open),
        before("tests.scenarios.programs.mocked_before:Door.enter"),
    )


def run_with(asked):
    door = Door()
    with mock.patch.object(Door, "enter", side_effect=lambda: door.log.append("mocked")), asked:
        visitor = threading.Thread(target=door.visit, name="visitor")
        visitor.start()
        door.open()
        visitor.join()
    return door.log, Door.enter is ORIGINAL
