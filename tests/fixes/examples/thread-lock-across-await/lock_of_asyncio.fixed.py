# file: ledger.py
import asyncio


class Ledger:
    def __init__(self, database):
        self.database = database
        self.lock = asyncio.Lock()

    async def book(self, entry):
        async with self.lock:  # one at a time
            await self.database.insert(entry)

    async def look(self):
        async with self.lock:
            return self.database
