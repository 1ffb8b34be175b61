# file: client/bucket.py
# The kind: a bucket of tokens that limits how often a client asks.
import threading


class Bucket:
    def __init__(self, clock):
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._clock = clock
        self._rate = 1
        self._tokens = 0

    @property
    def rate(self):
        return self._rate

    @rate.setter
    def rate(self, value):
        with self._changed:
            self._refill()
            self._rate = value
            self._changed.notify()

    def take(self):
        with self._changed:
            self._refill()
            self._tokens -= 1

    def give(self):
        with self._changed:
            self._tokens += 1

    def _refill(self):
        tokens = self._tokens
        self._tokens = tokens + self._clock() * self._rate
