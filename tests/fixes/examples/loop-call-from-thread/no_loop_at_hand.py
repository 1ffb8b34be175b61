# file: watcher.py
import asyncio
import threading


class Watcher:
    def __init__(self):
        self.changed = asyncio.Event()

    def poll(self):
        self.changed.set()

    async def watch(self):
        threading.Thread(target=self.poll).start()
        await self.changed.wait()
