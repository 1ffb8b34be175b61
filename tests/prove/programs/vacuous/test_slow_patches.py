"""As functional tests of a service slow down two methods, so that a periodic task overlaps; but the
periodic task is over before the work that it is to meet has begun.
"""

import threading
import time
from unittest import mock


class Tracker:
    def __init__(self):
        self.lock = threading.Lock()
        self.claims = {"claimed"}
        self.finished = set()

    def finish(self):
        with self.lock:
            self.save()

    def save(self):
        self.finished.add("claimed")

    def update(self):
        with self.lock:
            known = set(self.finished)
            self.claims &= known | self.in_progress()

    def in_progress(self):
        return {"claimed"} - self.finished


def test_finishing_races_with_the_periodic_update():
    tracker = Tracker()
    save, in_progress = tracker.save, tracker.in_progress

    def slow_save():
        time.sleep(0.01)
        save()

    def slow_in_progress():
        time.sleep(0.02)
        return in_progress()

    with (
        mock.patch.object(tracker, "save", new=slow_save),
        mock.patch.object(tracker, "in_progress", new=slow_in_progress),
    ):
        worker = threading.Thread(target=tracker.finish)
        tracker.update()
        worker.start()
        worker.join()
    assert tracker.claims == {"claimed"}
