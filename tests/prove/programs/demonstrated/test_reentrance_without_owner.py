import threading

from reentrance_without_owner import Account


def test_both_deposits_are_kept():
    account = Account()
    threads = [threading.Thread(target=account.deposit, args=(amount,)) for amount in (4, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.total == 9
