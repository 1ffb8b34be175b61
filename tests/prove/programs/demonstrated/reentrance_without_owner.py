"""A lock that may be taken again, by whoever comes."""

import threading


class CountingLock:
    def __init__(self):
        self.real = threading.Lock()
        self.guard = threading.Lock()
        self.count = 0

    def acquire(self):
        with self.guard:
            if self.count == 0:
                self.real.acquire()
            self.count += 1

    def release(self):
        with self.guard:
            self.count -= 1
            if self.count == 0:
                self.real.release()


class Account:
    def __init__(self):
        self.lock = CountingLock()
        self.total = 0

    def deposit(self, amount):
        self.lock.acquire()
        for _ in range(amount):
            total = self.total
            self.total = total + 1
        self.lock.release()
