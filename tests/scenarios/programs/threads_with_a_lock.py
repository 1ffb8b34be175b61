"""As the lost update, with a lock: the order is impossible, and the lock's owner is known."""

import threading

from racewright import after, before

OUTCOME = "impossible"
RESULT = 70
NEXT = 2
HELD = ["a"]
HOLDER = ("b", "a")


class Account:
    def __init__(self):
        self.balance = 100
        self.lock = threading.Lock()

    def read(self):
        return self.balance

    def write(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        with self.lock:
            self.write(self.read() - amount)


def points():
    return (
        after(Account.read, task="a"),
        after(Account.read, task="b"),
        before(Account.write, task="a"),
    )


def run():
    account = Account()
    threads = [
        threading.Thread(target=account.withdraw, args=(amount,), name=name)
        for name, amount in (("a", 10), ("b", 20))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return account.balance
