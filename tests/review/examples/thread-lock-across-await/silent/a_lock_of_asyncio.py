# file: ledger.py
import asyncio


class Ledger:
    def __init__(self):
        self._lock = asyncio.Lock()

    async def book(self, database, entry):
        async with self._lock:
            await database.insert(entry)
