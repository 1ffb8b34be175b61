# file: service/barrier.py
import threading


class Barrier:
    """Two turnstiles: the last one in opens the way out, and closes the way in."""

    def __init__(self, count):
        self.inward, self.outward = threading.Lock(), threading.Lock()
        self.outward.acquire()
        self.waiting, self.count = 0, count

    def enter(self):
        self.inward.acquire()
        self.waiting = self.waiting + 1
        if self.waiting == self.count:
            self.outward.release()
            return
        self.inward.release()
