"""Tasks of one event loop: a held one lets the others run."""

import asyncio

from racewright import after, before

OUTCOME = "happened"
RESULT = 80
PASSED = ["a", "b", "a", "b"]


class Account:
    def __init__(self):
        self.balance = 100

    async def read(self):
        await asyncio.sleep(0)
        return self.balance

    async def write(self, balance):
        self.balance = balance

    async def withdraw(self, amount):
        await self.write(await self.read() - amount)


def points():
    return (
        after(Account.read, task="a"),
        after(Account.read, task="b"),
        before(Account.write, task="a"),
        before(Account.write, task="b"),
    )


async def main(asked):
    account = Account()
    async with asked:
        await asyncio.gather(
            asyncio.create_task(account.withdraw(20), name="b"),
            asyncio.create_task(account.withdraw(10), name="a"),
        )
    return account.balance


def run_with(asked):
    return asyncio.run(main(asked))
