# file: bank.py
import threading


class Account:
    def __init__(self, parent=None):
        self.lock = threading.Lock()
        self.parent = parent
        self.balance = 0

    def add(self, amount):
        with self.lock:
            self.balance += amount

    def move(self, other: "Account", amount):
        with self.lock:
            self.balance -= amount
            other.add(amount)
            self.parent.add(amount)
