# file: counting.py
import threading


class Worker(threading.Thread):
    def __init__(self):
        super().__init__()
        self.done = 0

    def run(self):
        self.done += 1


class Job:
    def __init__(self):
        self.steps = 0

    def work(self):
        self.steps += 1


def start():
    for _ in range(4):
        Worker().start()
        job = Job()
        threading.Thread(target=job.work).start()
