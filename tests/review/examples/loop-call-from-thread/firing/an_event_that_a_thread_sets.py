# file: watcher.py
import asyncio
import threading


class Watcher:
    def __init__(self):
        self.changed = asyncio.Event()

    def _poll(self):
        self._tell()

    def _tell(self):
        self.changed.set()  # here

    async def watch(self):
        threading.Thread(target=self._poll).start()
        await self.changed.wait()
