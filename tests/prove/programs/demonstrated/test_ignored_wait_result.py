import threading
import time

from ignored_wait_result import Account


def test_both_deposits_are_kept():
    account = Account()

    def audit():
        with account.lock:
            time.sleep(0.9)

    threads = [threading.Thread(target=account.deposit, args=(10,)) for _ in range(2)]
    threads.append(threading.Thread(target=audit))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance == 20
