# file: ledger.py
import threading


class Ledger:
    def __init__(self):
        self._lock = threading.Lock()

    async def book(self, database, entry):
        with self._lock:  # here
            entry.check()
            await database.insert(entry)
