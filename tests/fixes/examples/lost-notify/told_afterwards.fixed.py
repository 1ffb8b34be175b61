# file: job.py
import threading


class Job:
    def __init__(self):
        self.done = threading.Event()
        self.changed = threading.Condition()
        self.result = None

    def run(self, work):
        self.result = work()
        # They can go on.
        self.done.set()  # now

    def wait(self):
        self.done.wait()
        return self.result

    def change(self):
        with self.changed:
            self.changed.notify_all()  # all of them
