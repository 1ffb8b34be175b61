# file: worker.py
import asyncio


class Worker:
    async def run(self):
        while not self.closing:
            try:
                await self.step()
            except asyncio.CancelledError:
                self.steps += 1

    async def drain(self, futures):
        for future in futures:
            try:
                await asyncio.wait_for(future, 1)
            except asyncio.CancelledError:
                continue
