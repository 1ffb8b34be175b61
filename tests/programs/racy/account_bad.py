"""A deposit, a withdrawal and an audit, all under one lock; the audit's sum is wrong.

Source: SCTBench CS/account_bad. The mistake is in logic that runs only if the audit comes last;
whoever is asked first, the audit is skipped.

    deposit          withdraw         audit
    balance += 2
                     balance -= 4
                                      both done: 1 + 2 - 4 != (1 - 2) - 4
"""

import threading


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.opening = self.balance = 1
        self.deposited = self.withdrawn = 0

    def deposit(self, amount):
        with self.lock:
            self.balance += amount
            self.deposited = amount

    def withdraw(self, amount):
        with self.lock:
            self.balance -= amount
            self.withdrawn = amount

    def audit(self):
        with self.lock:
            if self.deposited and self.withdrawn:
                assert self.balance == (self.opening - self.deposited) - self.withdrawn


def test_audit_agrees_with_the_books():
    account = Account()
    threads = [
        threading.Thread(target=account.audit),
        threading.Thread(target=account.deposit, args=(2,)),
        threading.Thread(target=account.withdraw, args=(4,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
