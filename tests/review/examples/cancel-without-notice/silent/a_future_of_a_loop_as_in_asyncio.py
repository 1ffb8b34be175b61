# file: locks.py
import asyncio


class Lock:
    def __init__(self):
        self._waiters = []

    async def acquire(self):
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def abandon(self):
        while self._waiters:
            waiter = self._waiters.pop()
            waiter.cancel()
