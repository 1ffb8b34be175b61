"""The function raises: it is left all the same, so `after` has happened."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = ["failed", "reported"]
PASSED = ["worker", "main"]


class Job:
    def __init__(self):
        self.log = []

    def fail(self):
        self.log.append("failed")
        raise ValueError("as it should")

    def work(self):
        try:
            self.fail()
        except ValueError:
            pass

    def report(self):
        self.log.append("reported")


def points():
    return (after(Job.fail), before(Job.report))


def run():
    job = Job()
    worker = threading.Thread(target=job.work, name="worker")
    worker.start()
    job.report()
    worker.join()
    return job.log
