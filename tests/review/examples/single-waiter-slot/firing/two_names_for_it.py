# file: queue.py
import asyncio


class Queue:
    async def get(self):
        loop = asyncio.get_running_loop()
        self.waiter = mine = loop.create_future()  # here
        try:
            await mine
        finally:
            self.waiter = None
        return self.items.pop()
