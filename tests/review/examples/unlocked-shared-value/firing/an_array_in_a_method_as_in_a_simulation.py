# file: simulation/run.py
# The kind: a simulation that counts in processes.
from multiprocessing import Array, Process


class Simulation:
    def __init__(self, kinds):
        self.counts = Array("i", kinds)

    def _run(self, events):
        for event in events:
            self.counts[event.kind] += 1  # here

    def run(self, parts):
        processes = [Process(target=self._run, args=(part,)) for part in parts]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        return list(self.counts)
