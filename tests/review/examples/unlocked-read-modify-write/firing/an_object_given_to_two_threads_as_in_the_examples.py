import threading


class Account:
    def __init__(self):
        self.balance = 0


def withdraw(account):
    account.balance -= 10  # here


def test_two_withdrawals():
    account = Account()
    first = threading.Thread(target=withdraw, args=(account,))
    second = threading.Thread(target=withdraw, args=(account,))
    first.start()
    second.start()
    first.join()
    second.join()
    assert account.balance == -20
