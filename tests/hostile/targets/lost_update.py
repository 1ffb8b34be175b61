"""A race that is soon found."""

import threading


class Account:
    balance = 0


def test_ends():
    account = Account()

    def pay_in():
        account.balance += 1

    threads = [threading.Thread(target=pay_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance == 2
