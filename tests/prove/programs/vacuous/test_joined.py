import threading


class Account:
    def __init__(self):
        self.balance = 0
        self.lock = threading.Lock()

    def deposit(self, amount):
        with self.lock:
            balance = self.balance
            self.balance = balance + amount


def test_concurrent_deposits():
    account = Account()
    for amount in (1, 2):
        thread = threading.Thread(target=account.deposit, args=(amount,))
        thread.start()
        thread.join()
    assert account.balance == 3
