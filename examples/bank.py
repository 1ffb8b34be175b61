"""Two transfers at the same time, and a bank that now and then loses money.

Run it: `python bank.py` prints the right sum, today, tomorrow and on every other day of the week.
Then let it be run under other schedules: `racewright explore examples/bank.py`.
"""

import threading


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance

    def withdraw(self, amount):
        self.balance = self.balance - amount

    def deposit(self, amount):
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
