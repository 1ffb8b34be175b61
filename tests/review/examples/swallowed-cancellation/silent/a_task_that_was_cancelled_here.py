# file: closing.py
import asyncio
import contextlib


class Service:
    async def close(self):
        while True:
            self.task.cancel()
            try:
                await asyncio.wait_for(self.task, 1)
                break
            except asyncio.CancelledError:
                pass

    async def replace(self, work):
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
