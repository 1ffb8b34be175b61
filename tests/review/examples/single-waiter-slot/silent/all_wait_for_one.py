# file: ready.py
import asyncio


class Ready:
    def __init__(self):
        self.future = None

    async def wait(self):
        if self.future is None:
            self.future = asyncio.get_running_loop().create_future()
        await self.future

    async def start(self):
        self.started = asyncio.get_running_loop().create_future()
        await self.started
