"""A test that goes elsewhere, and fails there in some order."""

import os
import tempfile
import threading


class Account:
    balance = 0


def test_ends():
    account = Account()

    def pay_in():
        account.balance += 1

    os.chdir(tempfile.gettempdir())
    threads = [threading.Thread(target=pay_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance == 2
