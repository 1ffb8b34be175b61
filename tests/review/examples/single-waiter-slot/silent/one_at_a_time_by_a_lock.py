# file: device.py
import asyncio


class Device:
    def __init__(self):
        self.lock = asyncio.Lock()

    async def answer(self, question):
        async with self.lock:
            self.pending = asyncio.get_running_loop().create_future()
            return await self.pending

    async def answer_all(self, questions):
        async with self.lock:
            return [await self._answer(each) for each in questions]

    async def _answer(self, question):
        self.pending = asyncio.get_running_loop().create_future()
        return await self.pending
