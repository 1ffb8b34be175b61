"""A logger formats its argument under its own lock, and formatting takes the argument's lock.

Source: Apache log4j bug 41214, JaConTeBe log4j2.

    logs the account                  deposit
    acquire logger.lock
                                      acquire account.lock
    str(account):
    wait for account.lock
                                      logger.log(...): wait for logger.lock
"""

import threading


class Logger:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = []

    def log(self, message):
        with self.lock:
            self.lines.append(str(message))


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
