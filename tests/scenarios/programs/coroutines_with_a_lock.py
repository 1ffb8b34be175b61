"""The same with a lock of the event loop: impossible, and the event loop goes on afterwards."""

import asyncio

from racewright import after, before

OUTCOME = "impossible"
RESULT = 70
NEXT = 2
HELD = ["a"]


class Account:
    def __init__(self):
        self.balance = 100

    async def read(self):
        return self.balance

    async def write(self, balance):
        self.balance = balance

    async def withdraw(self, amount):
        async with self.lock:
            await self.write(await self.read() - amount)


def points():
    return (
        after(Account.read, task="a"),
        after(Account.read, task="b"),
        before(Account.write, task="a"),
    )


async def main(asked, result):
    account = Account()
    account.lock = asyncio.Lock()
    try:
        async with asked:
            await asyncio.gather(
                asyncio.create_task(account.withdraw(10), name="a"),
                asyncio.create_task(account.withdraw(20), name="b"),
            )
    finally:
        result.append(account.balance)


def run_with(asked):
    result = []
    try:
        asyncio.run(main(asked, result))
    finally:
        assert result == [70]
    return result[0]
