# file: job.py
import threading


class Job:
    def __init__(self):
        self.done = threading.Event()
        self.changed = threading.Condition()
        self.result = None

    def run(self, work):
        # They can go on.
        self.done.set()  # now
        self.result = work()

    def wait(self):
        self.done.wait()
        return self.result

    def change(self):
        self.changed.notify_all()  # all of them
