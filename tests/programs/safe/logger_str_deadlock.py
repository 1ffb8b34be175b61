"""A logger formats its argument before it takes its own lock.

Safe: the logger's lock is a leaf; nothing is acquired while it is held.
"""

import threading


class Logger:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = []

    def log(self, message):
        line = str(message)
        with self.lock:
            self.lines.append(line)


class Account:
    def __init__(self, logger):
        self.lock = threading.Lock()
        self.logger = logger
        self.balance = 0

    def __str__(self):
        with self.lock:
            return f"balance {self.balance}"

    def deposit(self):
        with self.lock:
            self.balance += 1
            self.logger.log("deposited")


def test_logging_an_account_in_use():
    logger = Logger()
    account = Account(logger)
    threads = [
        threading.Thread(target=logger.log, args=(account,)),
        threading.Thread(target=account.deposit),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(logger.lines) == 2
