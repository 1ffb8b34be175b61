# file: net/interface.py
# The kind: an object whose event is set until it is reloaded.
import asyncio


class Interface:
    def __init__(self):
        self.loaded = asyncio.Event()
        self.loaded.set()
        self.script = []

    async def apply(self):
        await self.loaded.wait()
        return self.script
