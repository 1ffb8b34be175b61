"""The point is in a recursion: the third call, three levels down, is the one that is meant."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = ["down 3", "down 2", "other", "down 1", "down 0"]
PASSED = ["other", "walker"]


class Walk:
    def __init__(self):
        self.log = []

    def down(self, depth):
        self.log.append(f"down {depth}")
        if depth:
            self.down(depth - 1)

    def other(self):
        self.log.append("other")


def points():
    return (after(Walk.other), before(Walk.down, nth=3))


def run():
    walk = Walk()
    walker = threading.Thread(target=walk.down, args=(3,), name="walker")
    arrived = threading.Event()
    second = Walk.down

    def started():
        arrived.wait()
        walk.other()

    other = threading.Thread(target=started, name="other")
    other.start()

    class Log(list):
        def append(self, item):
            super().append(item)
            if item == "down 2":
                arrived.set()

    walk.log = Log()
    walker.start()
    walker.join()
    other.join()
    assert Walk.down is second
    return list(walk.log)
