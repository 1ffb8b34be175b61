# file: service/session.py
import asyncio


class Session:
    def __init__(self, connect):
        self.connect = connect
        self.lock = asyncio.Lock()
        self.connection = None

    async def get(self):
        if self.connection is None:  # here
            async with self.lock:
                self.connection = await self.connect()
        return self.connection
