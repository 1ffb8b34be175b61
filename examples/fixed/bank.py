"""Two transfers at the same time, each of whose steps holds the account's lock.

Only one lock is held at a time, so transfers in opposite directions cannot wait for one another.
"""

import threading


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.lock = threading.Lock()

    def withdraw(self, amount):
        with self.lock:
            self.balance = self.balance - amount

    def deposit(self, amount):
        with self.lock:
            self.balance = self.balance + amount


def transfer(source, target, amount):
    source.withdraw(amount)
    target.deposit(amount)


def main():
    alice, bob = Account("Alice", 100), Account("Bob", 100)
    transfers = [
        threading.Thread(target=transfer, args=(alice, bob, 30), name="alice-to-bob"),
        threading.Thread(target=transfer, args=(bob, alice, 50), name="bob-to-alice"),
    ]
    for thread in transfers:
        thread.start()
    for thread in transfers:
        thread.join()
    for account in (alice, bob):
        print(f"{account.owner} has {account.balance}")
    assert alice.balance + bob.balance == 200, "money was lost or made on the way"


if __name__ == "__main__":
    main()
