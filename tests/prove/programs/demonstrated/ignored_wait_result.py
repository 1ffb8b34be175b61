"""A deposit that goes on whether or not it has got the lock."""

import threading


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.balance = 0

    def deposit(self, amount):
        self.lock.acquire(timeout=1)
        self.balance += amount
        self.lock.release()
