# file: bank.py
import threading


class Account:
    def __init__(self):
        self.balance = 0
        self.thread = threading.Thread(target=self._interest)
        self.thread.start()

    def _interest(self):
        self._add(1)

    def _add(self, amount):
        self.balance = self.balance + amount  # here

    def deposit(self, amount):
        self.balance += amount
