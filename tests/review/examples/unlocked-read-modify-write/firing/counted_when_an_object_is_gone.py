# file: service/pool.py
import weakref


class Pool:
    def __init__(self):
        self.alive = 0

    def lend(self, item):
        self.alive += 1
        weakref.finalize(item, self._gone)
        return item

    def _gone(self):
        self.alive -= 1  # here
