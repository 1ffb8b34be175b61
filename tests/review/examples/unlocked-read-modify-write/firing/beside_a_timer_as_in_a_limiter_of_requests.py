# The shape of a store of hits, which a timer forgets while others count.
import threading


class Hits:
    def __init__(self):
        self.hits = {"all": 0}
        self.timer = threading.Timer(1.0, self._expire)
        self.timer.start()

    def _expire(self):
        self.hits.pop("all", None)

    def hit(self):
        self.hits["all"] += 1  # here
