# file: worker.py
import threading


class Worker:
    def __init__(self):
        self.lock = threading.Lock()
        self.jobs = []

    def put(self, job):
        with self.lock:
            self.jobs.append(job)

    def run(self):
        with self.lock:
            job = self.jobs.pop()
        self.put(job)

    def run_opened(self):
        self.lock.acquire()
        job = self.jobs.pop()
        self.lock.release()
        self.put(job)
