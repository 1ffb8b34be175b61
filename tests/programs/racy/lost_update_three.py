"""Three threads change one total; two of them hold the lock, the third forgot it.

Source: Python-native. A lock only helps if everybody takes it.

    deposit (locked)     deposit (locked)     fee (no lock)
                                              read total 10
    acquire
    read 10, write 15
    release
                                              write total 9
                                                               the deposit has vanished
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
