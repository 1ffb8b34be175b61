# file: service/payments.py
# Two tasks run the same function, each on an account of its own.
import threading


class Account:
    def __init__(self, balance):
        self.balance = balance

    def add(self, amount):
        self.balance = self.balance + amount


def pay(account, amount):
    account.add(amount)


def main():
    mine, theirs = Account(0), Account(0)
    threading.Thread(target=pay, args=(mine, 5)).start()
    threading.Thread(target=pay, args=(theirs, 5)).start()


def many():
    for number in range(3):
        account = Account(number)
        threading.Thread(target=pay, args=(account, 5)).start()
