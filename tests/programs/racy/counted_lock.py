"""A lock that counts its entries, and lets in whoever comes while it is held.

Source: Python-native (filelock 3.10.7, `BaseFileLock.acquire`).

    one                      two
    takes it: count 1
    reads the total
                             held already: count 2
                             reads, writes
    writes: one is lost
"""

import threading


class CountedLock:
    def __init__(self):
        self.real = threading.Lock()
        self.guard = threading.Lock()
        self.count = 0

    def __enter__(self):
        with self.guard:
            if self.count == 0:
                self.real.acquire()
            self.count += 1

    def __exit__(self, *about):
        with self.guard:
            self.count -= 1
            if self.count == 0:
                self.real.release()


class Account:
    def __init__(self):
        self.lock = CountedLock()
        self.total = 0

    def deposit(self, amount):
        with self.lock:
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
