# file: runner/runner.py
# The kind: a job runner with a heartbeat thread, and a process for each job.
import multiprocessing
import threading


class Runner:
    def __init__(self):
        self._stopped = threading.Event()
        self._heartbeat = threading.Thread(target=self._beat, daemon=True)
        self._heartbeat.start()

    def _beat(self):
        while not self._stopped.wait(5):
            print("alive")

    def run(self, job):
        process = multiprocessing.Process(target=job)
        process.start()  # here
        process.join()
