# file: service/job.py
from multiprocessing import Process


class Job:
    def __init__(self, work):
        self.process = Process(target=work)

    def begin(self):
        self.process.run()  # here
