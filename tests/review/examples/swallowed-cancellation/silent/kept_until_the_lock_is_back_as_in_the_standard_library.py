# file: condition.py
# The shape of a wait that has to take its lock again, whatever happens, before it may be cancelled.
import asyncio


class Condition:
    async def wait(self):
        self.release()
        cancelled = False
        while True:
            try:
                await self.acquire()
                break
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise asyncio.CancelledError
