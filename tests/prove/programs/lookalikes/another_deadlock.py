"""The two orders are never taken at the same time; the deadlock is between one of the locks and a
third that nothing was said about.
"""

import threading

accounts = threading.Lock()
journal = threading.Lock()
done = threading.Event()


def transfer(entries, amount):
    with accounts:
        with journal:
            entries.append(amount)
    done.set()


def audit(entries):
    done.wait()
    with journal:
        with accounts:
            return sum(entries)


class Clerk:
    """Waits for a signature, holding what the signature needs."""

    def __init__(self):
        self.signed = threading.Condition()
        self.desk = threading.Lock()
        self.signatures = []

    def wait_for_signature(self):
        with self.signed:
            self.signed.wait_for(lambda: self.signatures)

    def sign(self):
        self.signatures.append("here")
        with self.signed:
            if len(self.signatures) == 1:
                self.signed.notify()
