"""Three threads change one total, and all three hold the lock.

Safe: every access while the threads run is under `lock`; the last read follows the joins.
"""

import threading


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.total = 10

    def deposit(self, amount):
        with self.lock:
            self.total += amount

    def charge_fee(self):
        with self.lock:
            self.total -= 1


def test_deposits_and_fee_add_up():
    account = Account()
    threads = [
        threading.Thread(target=account.deposit, args=(5,)),
        threading.Thread(target=account.deposit, args=(5,)),
        threading.Thread(target=account.charge_fee),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.total == 19
