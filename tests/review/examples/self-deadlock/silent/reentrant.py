# file: bank.py
import threading


class Account:
    def __init__(self):
        self.lock = threading.RLock()
        self.changed = threading.Condition()
        self.balance = 0

    def add(self, amount):
        with self.lock:
            self.balance += amount

    def move(self, amount):
        with self.lock:
            self.add(amount)

    def tell(self):
        with self.changed:
            self.changed.notify_all()

    def tell_again(self):
        with self.changed:
            self.tell()
