# file: service/account.py
import threading
from threading import BoundedSemaphore

lock = threading.Lock()
slots = BoundedSemaphore(2)


class Account:
    def __init__(self):
        self._guard = threading.RLock()
        self.balance = 0

    def deposit(self, amount):
        self._guard.acquire(timeout=1)  # here
        try:
            self.balance += amount
        finally:
            self._guard.release()


def rotate(log):
    lock.acquire(False)  # here
    log.rename()
    lock.release()


def use(connection):
    slots.acquire(blocking=True, timeout=5)  # here
    connection.ask()
    slots.release()
