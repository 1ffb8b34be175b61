"""A race that is soon found, and behind it a task that computes for ever."""

import threading


class Account:
    balance = 0
    is_late = False


def test_ends():
    account = Account()

    def pay_in():
        account.balance += 1

    def late():
        if account.is_late:
            while True:
                pass

    threads = [threading.Thread(target=pay_in) for _ in range(2)]
    threads.append(threading.Thread(target=late, name="late"))
    for thread in threads:
        thread.start()
    account.is_late = True
    account.is_late = False
    for thread in threads:
        thread.join()
    assert account.balance == 2
