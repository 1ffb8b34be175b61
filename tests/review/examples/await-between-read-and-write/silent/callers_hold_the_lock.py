# file: tokens.py
import asyncio


class Tokens:
    def __init__(self, server):
        self.server = server
        self.lock = asyncio.Lock()
        self.token = None

    async def get(self):
        async with self.lock:
            return await self._fetched()

    async def _fetched(self):
        if self.token is None:
            self.token = await self.server.token()
        return self.token
