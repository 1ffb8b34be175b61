# file: poller.py
import asyncio


class Poller:
    def __init__(self, source):
        self.source = source
        self.position = 0

    def start(self):
        self.task = asyncio.create_task(self._run())

    async def _run(self):
        while True:
            await self._step()

    async def _step(self):
        self.position += await self.source.skip()

    async def close(self):
        self.task.cancel()
