# file: bank.py
import threading


class Bank:
    def __init__(self):
        self.accounts = threading.Lock()
        self.journal = threading.RLock()

    def transfer(self):
        with self.accounts:
            with self.journal:  # here
                pass

    def audit(self):
        with self.journal, self.accounts:
            pass
