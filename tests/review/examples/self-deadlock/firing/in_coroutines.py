# file: service/session.py
import asyncio


class Session:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.token = None

    async def refresh(self):
        async with self.lock:
            self.token = object()

    async def get(self):
        async with self.lock:
            if self.token is None:
                await self.refresh()  # here
            return self.token
