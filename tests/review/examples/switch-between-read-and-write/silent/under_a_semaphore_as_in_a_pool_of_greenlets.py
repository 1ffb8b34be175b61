# file: quota.py
# The shape of a pool that counts what it has made under its semaphore.
import gevent
from gevent.lock import Semaphore


class Pool:
    def __init__(self):
        self.semaphore = Semaphore()
        self.made = 0
        self.free = None

    def make(self):
        with self.semaphore:
            made = self.made
            gevent.sleep(0)
            self.made = made + 1

    def first(self):
        with self.semaphore:
            if self.free is None:
                gevent.sleep(0)
                self.free = []
