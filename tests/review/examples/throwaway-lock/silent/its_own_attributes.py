# file: service/account.py
import threading


class Account:
    limit = 10

    def __init__(self):
        self.lock = threading.Lock()
        self.balance = 0

    def add(self, amount):
        with self.lock:
            self.balance += amount
            self.limit += 1
