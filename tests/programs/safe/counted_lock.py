"""A lock that counts its entries, below one that knows who holds it.

Safe: only its holder comes to the count.
"""

import threading


class CountedLock:
    def __init__(self):
        self.real = threading.Lock()
        self.holder = threading.RLock()
        self.count = 0

    def __enter__(self):
        self.holder.acquire()
        if self.count == 0:
            self.real.acquire()
        self.count += 1

    def __exit__(self, *about):
        self.count -= 1
        if self.count == 0:
            self.real.release()
        self.holder.release()


class Account:
    def __init__(self):
        self.lock = CountedLock()
        self.total = 0

    def deposit(self, amount):
        with self.lock, self.lock:
            total = self.total
            self.total = total + amount


def test_no_deposit_is_lost():
    account = Account()
    threads = [threading.Thread(target=account.deposit, args=(amount,)) for amount in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.total == 3
