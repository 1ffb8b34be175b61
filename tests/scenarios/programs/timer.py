"""A timer that has gone off is held until the main thread has done its part."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = ["prepared", "fired"]


class Job:
    def __init__(self):
        self.log = []

    def prepare(self):
        self.log.append("prepared")

    def fire(self):
        self.log.append("fired")


def points():
    return (after(Job.prepare, task="main"), before(Job.fire))


def run():
    job = Job()
    timer = threading.Timer(0.0, job.fire)
    timer.start()
    job.prepare()
    timer.join()
    return job.log
