# file: service/transfers.py
# The shape of a bank in a tutorial: each task is given the objects in another order.
import threading


class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        self.balance = self.balance - amount

    def deposit(self, amount):
        self.balance = self.balance + amount  # here


def transfer(source, target, amount):
    source.withdraw(amount)
    target.deposit(amount)


def main():
    alice, bob = Account(100), Account(100)
    threading.Thread(target=transfer, args=(alice, bob, 30)).start()
    threading.Thread(target=transfer, args=(bob, alice, 50)).start()
