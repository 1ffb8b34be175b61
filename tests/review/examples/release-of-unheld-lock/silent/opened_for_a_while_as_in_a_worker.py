# file: service/worker.py
import threading


class Worker:
    def __init__(self):
        self.lock = threading.Lock()
        self.jobs = []

    def run(self):
        with self.lock:
            while self.jobs:
                job = self.jobs.pop()
                self.lock.release()
                try:
                    job()
                finally:
                    self.lock.acquire()
