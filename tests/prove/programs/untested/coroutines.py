"""Tasks of asyncio are not scheduled yet."""

import asyncio


class Box:
    def __init__(self):
        self.filled = asyncio.Condition()
        self.items = []

    async def take(self):
        async with self.filled:
            if not self.items:
                await self.filled.wait()
            return self.items.pop()
