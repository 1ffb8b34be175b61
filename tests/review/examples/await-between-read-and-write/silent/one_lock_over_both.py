# file: bank.py
import asyncio


class Account:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.balance = 0
        self.rates = None

    async def withdraw(self, database, amount):
        async with self.lock:
            balance = self.balance
            await database.write("withdrawal", amount)
            self.balance = balance - amount

    async def load(self, database):
        async with self.lock:
            if self.rates is None:
                self.rates = await database.read("rates")
