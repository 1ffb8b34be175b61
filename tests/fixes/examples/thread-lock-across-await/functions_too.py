# file: ledger.py
import threading


class Ledger:
    def __init__(self, database):
        self.database = database
        self.lock = threading.Lock()

    async def book(self, entry):
        with self.lock:
            await self.database.insert(entry)

    def look(self):
        with self.lock:
            return self.database
