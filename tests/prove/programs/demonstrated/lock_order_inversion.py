"""Money moves in one order of the locks, and is counted in the other."""

import threading

accounts = threading.Lock()
journal = threading.Lock()


def transfer(entries, amount):
    with accounts:
        with journal:
            entries.append(amount)


def audit(entries):
    with journal:
        with accounts:
            return sum(entries)
