"""Two threads read before either writes: the update of the first is lost."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = 80
PASSED = ["a", "b", "a", "b"]


class Account:
    def __init__(self):
        self.balance = 100

    def read(self):
        return self.balance

    def write(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        self.write(self.read() - amount)


def points():
    return (
        after(Account.read, task="a"),
        after(Account.read, task="b"),
        before(Account.write, task="a"),
        before(Account.write, task="b"),
    )


def run():
    account = Account()
    threads = [
        threading.Thread(target=account.withdraw, args=(amount,), name=name)
        for name, amount in (("b", 20), ("a", 10))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return account.balance
