# The shape of most tests of a class with threads: a function, and the object as its argument.
import threading


class Account:
    def __init__(self):
        self.balance = 0

    def pay(self, amount):
        self.balance += amount  # here


def work(account):
    account.pay(1)


def test_all_is_paid():
    account = Account()
    threads = [threading.Thread(target=work, args=(account,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance == 2
