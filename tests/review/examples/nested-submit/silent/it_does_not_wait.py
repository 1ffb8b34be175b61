# file: service/chain.py
from concurrent.futures import ThreadPoolExecutor


class Chain:
    def __init__(self):
        self.pool = ThreadPoolExecutor(1)
        self.waiting = []

    def begin(self, steps):
        self.pool.submit(self._run, steps)

    def _run(self, steps):
        steps[0]()
        if steps[1:]:
            self.waiting.append(self.pool.submit(self._run, steps[1:]))
            future = self.pool.submit(self._run, steps[1:])
            future.add_done_callback(print)

    def end(self):
        for future in self.waiting:
            future.result()
