# file: service/job.py
import threading


class Job:
    def __init__(self):
        self.opened = threading.Event()
        self.result = None
        self.thread = threading.Thread(target=self.run)

    def run(self):
        self.opened.set()
        self.result = 1

    def get(self):
        self.opened.wait()
        self.thread.join()
        return self.result
