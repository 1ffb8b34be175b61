# file: quota.py
import asyncio


class Quota:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.left = {}

    async def take(self, user, ask):
        async with self.lock:
            left = self.left[user]  # here
        amount = await ask(user)
        self.left[user] = left - amount

    async def first(self, user, ask):
        if user not in self.left:  # here
            async with self.lock:
                self.left[user] = await ask(user)
