"""A job that tells of its result before it is there."""

import threading


class Job:
    def __init__(self):
        self.done = threading.Event()
        self.result = None

    def run(self):
        self.done.set()
        self.result = 42

    def wait(self):
        self.done.wait()
        return self.result

    def start(self):
        thread = threading.Thread(target=self.run)
        thread.start()
        return thread
