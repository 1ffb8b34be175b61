import threading


class Account:
    def __init__(self):
        self.balance = 0
        self.payments = 0

    def pay(self):
        self.balance += 1

    def run(self):
        self.payments += 1


def work(account):
    account.pay()
    account.count = account.count + 1


def test_each_has_its_own():
    one, two = Account(), Account()
    threads = [
        threading.Thread(target=work, args=(one,)),
        threading.Thread(target=work, args=(two,)),
        threading.Thread(target=one.run),
        threading.Thread(target=two.run),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_made_in_a_loop():
    for _ in range(2):
        account = Account()
        threading.Thread(target=work, args=(account,)).start()
